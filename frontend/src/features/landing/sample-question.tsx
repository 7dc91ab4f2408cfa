import { Badge, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/card";
import styles from "./landing.module.css";

/** What a question looks like, with the reason for asking it. */
export function SampleQuestion() {
  const { t } = useTranslation();
  return (
    <Card>
      <figure className={styles.sample}>
        <figcaption className={styles.sampleCaption}>
          <span>{t("landing.sampleLabel")}</span>
          <Badge variant="light" radius="sm" tt="none" size="lg" fw={550}>
            {t("landing.sampleType")}
          </Badge>
        </figcaption>
        <p className={styles.sampleQuestion}>{t("landing.sampleQuestion")}</p>
        <div className={styles.sampleWhy}>
          <Text size="sm" fw={600}>
            {t("landing.sampleWhy")}
          </Text>
          <Text size="sm" c="dimmed">
            {t("landing.sampleReason")}
          </Text>
        </div>
      </figure>
    </Card>
  );
}
