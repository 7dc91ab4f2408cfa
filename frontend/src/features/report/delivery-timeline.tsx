import { NativeSelect, Skeleton, Stack, Title } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnswerDelivery } from "@/api";
import { Card } from "@/components/card";

const RateChart = lazy(() => import("./rate-chart"));

/** One answer's pace and long pauses over its time; charts are loaded only here. */
export function DeliveryTimeline({ answers }: { answers: readonly AnswerDelivery[] }) {
  const { t } = useTranslation();
  const drawn = answers.filter((answer) => answer.spoken.timeline.some((point) => point.rate !== null));
  const [chosen, setChosen] = useState<string | null>(null);
  const answer = drawn.find((one) => one.question_id === chosen) ?? drawn[0];
  if (!answer) return null;
  return (
    <Card>
      <Stack gap="md">
        <Title order={3} size="h4">
          {t("delivery.timeline")}
        </Title>
        {drawn.length > 1 && (
          <NativeSelect
            label={t("delivery.chooseAnswer")}
            value={answer.question_id}
            data={drawn.map((one) => ({
              value: one.question_id,
              label: t("delivery.answer", { position: one.position }),
            }))}
            onChange={(event) => setChosen(event.currentTarget.value)}
            maw={280}
          />
        )}
        <Suspense fallback={<Skeleton height={220} animate={false} />}>
          <RateChart spoken={answer.spoken} />
        </Suspense>
      </Stack>
    </Card>
  );
}
