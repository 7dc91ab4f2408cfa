import { Skeleton, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Delivery } from "@/api";
import { Card } from "@/components/card";
import styles from "./delivery.module.css";

const EmotionChart = lazy(() => import("./emotion-chart"));

/** What was seen where it was allowed, or why nothing was. */
export function DeliveryPicture({ delivery: { picture, no_picture } }: { delivery: Delivery }) {
  const { t } = useTranslation();
  if (!picture) {
    return no_picture && <Text c="dimmed">{t(`delivery.noPicture.${no_picture}`)}</Text>;
  }
  const percent = (share: number) => Math.round(share * 100);
  return (
    <Card>
      <Title order={3} size="h4" mb="md">
        {t("delivery.picture")}
      </Title>
      <dl className={styles.figures}>
        <div>
          <dt>{t("delivery.facing")}</dt>
          <dd className="figures">
            {picture.facing_share === null
              ? t("delivery.noData")
              : t("delivery.facingText", { share: percent(picture.facing_share) })}
            <small>
              {t("delivery.faceText", { share: percent(picture.face_share), frames: picture.frames })}
            </small>
          </dd>
        </div>
        <div>
          <dt>{t("delivery.lighting")}</dt>
          <dd>{picture.lighting ? t(`delivery.lightingText.${picture.lighting}`) : t("delivery.noData")}</dd>
        </div>
      </dl>
      {picture.emotion.length > 0 && (
        <>
          <Title order={4} size="h5" mt="lg">
            {t("delivery.emotion")}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {t("delivery.emotionNote")}
          </Text>
          <Suspense fallback={<Skeleton height={220} animate={false} />}>
            <EmotionChart points={picture.emotion} />
          </Suspense>
        </>
      )}
    </Card>
  );
}
