import { Stack, Text } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Explanation, Report } from "@/api";
import { Disclosure } from "@/components/disclosure";
import { Section } from "@/components/section";
import { Explained, Sentences } from "./explained";
import styles from "./report.module.css";

/** What the report was made with, by which rules, and what was left out or stood in, for whoever wants to trace it. */
export function HowItCameAbout({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { rubric, prompt, model, code } = report.versions;
  const rows = [
    [t("report.rubric"), rubric],
    [t("report.prompt"), prompt],
    [t("report.model"), model],
    [t("report.code"), code],
  ] as const;
  return (
    <Section title={t("report.how")}>
      <ul className={styles.remarks}>
        {remarksOf(report, t).map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
      <Disclosure label={t("explanation.openTotal")}>
        {() => (
          <Explained interviewId={report.interview_id}>
            {(explanation) => <WholeExplanation explanation={explanation} />}
          </Explained>
        )}
      </Disclosure>
      <dl className={styles.versions}>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? t("report.none")}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function WholeExplanation({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Sentences sentences={explanation.sentences} />
      {explanation.not_assessed.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t("explanation.notAssessed")}
          </Text>
          <Sentences sentences={explanation.not_assessed.map(({ sentence }) => sentence)} />
        </div>
      )}
    </Stack>
  );
}

function remarksOf(report: Report, t: TFunction): string[] {
  const standIns = report.turns.filter(({ question }) => question.answered_by.is_fallback).length;
  const isScored = report.overall_score !== null;
  return [
    isScored ? t("report.rule") : t("report.noRule"),
    ...(isScored ? [report.is_calibrated ? t("report.calibrated") : t("report.notCalibrated")] : []),
    ...report.calibrations.map((check) =>
      t("report.calibration", {
        who: check.calibrated_by,
        date: check.date,
        material: check.material,
        agreement: check.agreement,
      }),
    ),
    ...(report.no_uncertainty_reason === "one_grading" ? [t("report.oneGrading")] : []),
    ...(standIns > 0 ? [t("report.standIns", { count: standIns })] : []),
    ...(report.removed_statements > 0
      ? [t("report.removedStatements", { count: report.removed_statements })]
      : []),
    ...(report.instruction_count > 0 ? [t("report.instructions", { count: report.instruction_count })] : []),
  ];
}
