import { useTranslation } from "react-i18next";
import type { Scenario } from "@/api";

/** How long a scenario is, and what it asks about when opened. */
export function StageList({ scenario }: { scenario: Scenario }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="figures">
        {t("setup.scenarioMeta", { count: scenario.question_count, minutes: scenario.estimated_minutes })}
      </div>
      <details>
        <summary>{t("setup.stages")}</summary>
        <ol>
          {scenario.stages.map((stage) => (
            <li key={stage.key}>{stage.title}</li>
          ))}
        </ol>
      </details>
    </>
  );
}
