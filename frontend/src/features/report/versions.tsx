import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import styles from "./report.module.css";

/** What the report was made with, for whoever wants to trace it. */
export function Versions({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { rubric, prompt, model, code } = report.versions;
  const rows = [
    [t("report.rubric"), rubric],
    [t("report.prompt"), prompt],
    [t("report.model"), model],
    [t("report.code"), code],
  ] as const;
  return (
    <details className={styles.versions}>
      <summary>{t("report.versions")}</summary>
      <dl>
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value ?? t("report.none")}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
