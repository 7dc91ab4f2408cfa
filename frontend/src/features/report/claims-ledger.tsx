import { Text } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconHelpCircle,
  IconMinus,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ClaimResult, Evidence, Report } from "@/api";
import { Section } from "@/components/section";
import { QuoteLinks } from "./quote-links";
import styles from "./report.module.css";

type Verdict = ClaimResult["verdict"];

const ICONS = {
  contradicted: IconAlertTriangle,
  supported: IconCheck,
  unclear: IconHelpCircle,
  not_judged: IconMinus,
  never_probed: IconCircleDashed,
} as const;

/** What matters most comes first: what the answers contradict. */
const ORDER: readonly Verdict[] = ["contradicted", "supported", "unclear", "not_judged", "never_probed"];

type Props = { report: Report; onQuote: (evidence: Evidence) => void };

/** What became of the résumé's statements in the interview. */
export function ClaimsLedger({ report, onQuote }: Props) {
  const { t } = useTranslation();
  const groups = ORDER.map((verdict) => ({
    verdict,
    claims: report.claims.filter((claim) => claim.verdict === verdict),
  })).filter(({ claims }) => claims.length > 0);
  if (groups.length === 0) return null;
  return (
    <Section title={t("report.claims")} lead={t("report.claimsLead")}>
      <div className={styles.rows}>
        {groups.map(({ verdict, claims }) => {
          const Icon = ICONS[verdict];
          return (
            <details
              key={verdict}
              className={styles.group}
              open={verdict === "contradicted" || verdict === "supported"}
            >
              <summary className={verdict === "contradicted" ? styles.needsYou : styles.groupHead}>
                <Icon size={18} stroke={1.75} aria-hidden />
                <span>{t(`report.verdict.${verdict}`)}</span>
                <span className={styles.count}>{claims.length}</span>
              </summary>
              <ul className={styles.entries}>
                {claims.map((claim) => (
                  <li key={claim.claim_id}>
                    <Text className="prose">{claim.text}</Text>
                    {claim.about && (
                      <Text size="sm" c="dimmed">
                        {claim.about}
                      </Text>
                    )}
                    <QuoteLinks
                      evidence={claim.evidence ? [claim.evidence] : []}
                      turns={report.turns}
                      onQuote={onQuote}
                    />
                  </li>
                ))}
              </ul>
            </details>
          );
        })}
      </div>
    </Section>
  );
}
