import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Comparison } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import styles from "./compare.module.css";
import { CompetencyChanges } from "./competency-changes";
import { QuestionPairs } from "./question-pairs";

/** What changed; where the scores were not given by one judge, in words only. */
export function ComparisonView({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation();
  const reasons = comparison.obstacles.map(({ code, a, b }) =>
    t(`compare.obstacle.${code}`, { a: a ?? t("report.none"), b: b ?? t("report.none") }),
  );
  const isMeasuredDifferently = comparison.obstacles.some(({ code }) => code !== "not_scored");
  return (
    <Stack gap={44}>
      {reasons.length > 0 && (
        <NoticeAlert
          needsYou
          title={t("compare.wordsOnly")}
          text={[...reasons, ...(isMeasuredDifferently ? [t("compare.wordsOnlyWhy")] : [])].join(" ")}
        />
      )}
      <p className={styles.links}>
        <Link to={`/interviews/${comparison.a.interview_id}/report`}>{t("compare.toReportA")}</Link>
        <Link to={`/interviews/${comparison.b.interview_id}/report`}>{t("compare.toReportB")}</Link>
      </p>
      <CompetencyChanges comparison={comparison} />
      <QuestionPairs comparison={comparison} />
    </Stack>
  );
}
