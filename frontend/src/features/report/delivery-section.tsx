import { Badge, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Report, readDelivery } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { interviewQuery } from "@/features/room/interview-query";
import { unwrap } from "@/lib/api-error";
import { DeliveryFigures } from "./delivery-figures";
import { DeliveryPicture } from "./delivery-picture";
import { DeliveryTimeline } from "./delivery-timeline";

/** How answers were given, for the candidate alone; apart from everything that is judged. */
export function DeliverySection({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ["delivery", report.interview_id],
    queryFn: () => unwrap(readDelivery({ path: { interview_id: report.interview_id } })),
  });
  const { data: interview } = useQuery(interviewQuery(report.interview_id));
  if (!data || !interview) return null;
  return (
    <Section
      title={t("delivery.title")}
      lead={t("delivery.lead")}
      action={
        <Badge variant="light" color="gray" size="lg" radius="sm" tt="none" fw={550}>
          {t("delivery.badge")}
        </Badge>
      }
    >
      {data.overall ? (
        <Stack gap="lg">
          <Card>
            <DeliveryFigures spoken={data.overall} language={interview.language} />
            {!data.baseline && (
              <Text size="sm" c="dimmed" mt="md">
                {t("delivery.noBaseline")}
              </Text>
            )}
          </Card>
          <DeliveryTimeline answers={data.answers} />
        </Stack>
      ) : (
        <Text c="dimmed">{t("delivery.none")}</Text>
      )}
      {(data.overall || data.picture) && <DeliveryPicture delivery={data} />}
    </Section>
  );
}
