import { Stack, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Explanation } from "@/api";
import { Disclosure } from "@/components/disclosure";
import { Explained, Sentences } from "./explained";
import styles from "./explanation.module.css";

type ExplainedCompetency = Explanation["competencies"][number];

/** How one competency's score came about, for whoever opens it. */
export function CompetencyExplanation({ interviewId, name }: { interviewId: string; name: string }) {
  const { t } = useTranslation();
  return (
    <Disclosure label={t("explanation.open")}>
      {() => (
        <Explained interviewId={interviewId}>
          {({ competencies }) => {
            const competency = competencies.find(({ key }) => key === name);
            return competency && <ExplainedScore competency={competency} />;
          }}
        </Explained>
      )}
    </Disclosure>
  );
}

export function ExplainedScore({ competency }: { competency: ExplainedCompetency }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Sentences sentences={competency.sentences} />
      {competency.bands.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t("explanation.bands")}
          </Text>
          <ul className={styles.bands}>
            {competency.bands.map(({ low, high, text, is_reached }) => (
              <li key={low} className={is_reached ? styles.reached : undefined}>
                <span>
                  {is_reached && (
                    <IconCheck size={16} stroke={2} role="img" aria-label={t("explanation.reached")} />
                  )}
                </span>
                <span>{t("explanation.range", { low, high })}</span>
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Stack>
  );
}
