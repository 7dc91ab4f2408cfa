import { Text } from "@mantine/core";
import { IconCheck, IconCircleDashed, IconCircleHalf2, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Evidence, Report, Requirement, RequirementEvidence } from "@/api";
import { Section } from "@/components/section";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";

const ICONS = {
  found: IconCheck,
  partly_found: IconCircleHalf2,
  not_found: IconCircleDashed,
  not_checked: IconMinus,
} as const;

type Props = { report: Report; onQuote: (evidence: Evidence) => void };

/** The job description's requirements, each with where it was found. */
export function RoleMatch({ report, onQuote }: Props) {
  const { t } = useTranslation();
  const match = report.role_match;
  if (!match) return null;
  return (
    <Section
      title={t("report.roleMatch")}
      lead={t("report.roleMatchLead", { found: match.found_count, checked: match.checked_count })}
    >
      <ul className={styles.rows}>
        {match.requirements.map((requirement) => (
          <li key={requirement.text} className={styles.requirement}>
            <RequirementRow requirement={requirement} report={report} onQuote={onQuote} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function RequirementRow({ requirement, report, onQuote }: { requirement: Requirement } & Props) {
  const { t } = useTranslation();
  const Icon = ICONS[requirement.status];
  const missing = requirement.terms.filter((term) => !term.is_found).map((term) => term.name);
  const found = requirement.terms.flatMap((term) => term.evidence.slice(0, 1));
  return (
    <>
      <Icon size={18} stroke={1.75} aria-hidden />
      <div className={styles.requirementBody}>
        <Text className="prose">{requirement.text}</Text>
        <Text size="sm" c="dimmed">
          {t(`report.requirement.${requirement.status}`)}
          {requirement.status === "partly_found" &&
            ` · ${t("report.requirementMissing", { names: missing.join(", ") })}`}
        </Text>
        {found.filter(isOfResume).map((evidence) => (
          <Text key={evidence.quote} size="sm" className={styles.fromResume}>
            {t("report.fromResume", { quote: evidence.quote })}
          </Text>
        ))}
        <QuoteLinks evidence={found.flatMap(asEvidence)} turns={report.turns} onQuote={onQuote} />
      </div>
    </>
  );
}

function isOfResume(evidence: RequirementEvidence): boolean {
  return evidence.source === "resume";
}

function asEvidence({ question_id, quote, start, end }: RequirementEvidence): Evidence[] {
  if (question_id === null || start === null || end === null) return [];
  return [{ question_id, quote, start, end, start_ms: null, end_ms: null }];
}
