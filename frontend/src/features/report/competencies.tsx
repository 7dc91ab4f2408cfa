import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { CompetencyResult, Evidence, Report } from "@/api";
import { Card } from "@/components/card";
import { Section } from "@/components/section";
import { currentLanguage } from "@/i18n";
import { formatDate, formatScore } from "@/lib/format";
import { CompetencyExplanation } from "./competency-explanation";
import { CompetencyRadar } from "./competency-radar";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";
import { ScoreBand } from "./score-band";
import { ScoreFigure } from "./score-figure";

const FEWEST_FOR_A_RADAR = 3;

type Props = { report: Report; onQuote: (evidence: Evidence) => void };

export function Competencies({ report, onQuote }: Props) {
  const { t } = useTranslation();
  const scored = report.competencies.flatMap(({ key, title, score, uncertainty }) =>
    score === null ? [] : [{ key, title, score, uncertainty }],
  );
  const hasMargin = report.competencies.some(({ uncertainty }) => uncertainty !== null);
  return (
    <Section
      title={t("report.competencies")}
      lead={scored.length > 0 ? t(hasMargin ? "report.marginMeaning" : "report.marginMissing") : undefined}
    >
      {scored.length >= FEWEST_FOR_A_RADAR && (
        <Card>
          <CompetencyRadar scored={scored} />
        </Card>
      )}
      <ul className={styles.rows}>
        {report.competencies.map((competency) => (
          <CompetencyRow key={competency.key} competency={competency} report={report} onQuote={onQuote} />
        ))}
      </ul>
    </Section>
  );
}

type RowProps = { competency: CompetencyResult } & Props;

function CompetencyRow({ competency, report, onQuote }: RowProps) {
  const { t } = useTranslation();
  const { score, uncertainty, superseded, not_scored_reason: reason } = competency;
  return (
    <li className={styles.competency}>
      <div className={styles.competencyHead}>
        <h3 className={styles.rowTitle}>{competency.title}</h3>
        {score === null ? (
          <Text size="sm" c="dimmed">
            {reason ? t(`report.notScoredShort.${reason}`) : t("report.notAssessed")}
          </Text>
        ) : (
          <ScoreFigure score={score} uncertainty={uncertainty} />
        )}
      </div>
      {score !== null && <ScoreBand score={score} uncertainty={uncertainty} />}
      {competency.comment && <Text className="prose kept-lines">{competency.comment}</Text>}
      <QuoteLinks evidence={competency.evidence} turns={report.turns} onQuote={onQuote} />
      {superseded && (
        <Text size="sm" c="dimmed">
          {t("explanation.superseded", {
            score: formatScore(superseded.score),
            date: formatDate(superseded.at, currentLanguage()),
          })}
        </Text>
      )}
      <CompetencyExplanation interviewId={report.interview_id} name={competency.key} />
    </li>
  );
}
