import { Button, Skeleton, Text } from "@mantine/core";
import { IconArrowsDiff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Interview, Progress } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import styles from "./home.module.css";
import { progressQuery } from "./progress-queries";

const ProgressChart = lazy(() => import("./progress-chart"));

const FEWEST_FOR_A_CHART = 2;

/** Overall scores over time. Only what one rubric, prompt and model scored is joined by a line. */
export function ProgressSection({ interviews }: { interviews: readonly Interview[] }) {
  const { t } = useTranslation();
  const readyCount = interviews.filter(({ report_status }) => report_status === "ready").length;
  const { data: progress } = useQuery({ ...progressQuery, enabled: readyCount > 0 });
  if (readyCount === 0 || !progress) return null;
  const compare = readyCount >= 2 && (
    <Button
      component={Link}
      to="/reports/compare"
      variant="default"
      size="compact-md"
      leftSection={<IconArrowsDiff size={16} />}
    >
      {t("home.compare")}
    </Button>
  );
  return (
    <Section title={t("home.progress")} lead={t("home.progressText")} action={compare}>
      <Line progress={progress} />
    </Section>
  );
}

function Line({ progress }: { progress: Progress }) {
  const { t } = useTranslation();
  const count = progress.series.reduce((sum, { points }) => sum + points.length, 0);
  if (count < FEWEST_FOR_A_CHART) {
    return <div className={styles.empty}>{t(count === 0 ? "home.progressEmpty" : "home.progressOne")}</div>;
  }
  const notes = [
    ...(progress.series.length > 1 ? [t("home.progressSeveral")] : []),
    ...(progress.unscored_count > 0 ? [t("home.progressUnscored", { count: progress.unscored_count })] : []),
  ];
  return (
    <Card>
      <Suspense fallback={<Skeleton height={240} animate={false} />}>
        <ProgressChart progress={progress} />
      </Suspense>
      {notes.length > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {notes.join(" ")}
        </Text>
      )}
    </Card>
  );
}
