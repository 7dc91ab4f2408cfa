import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Report } from "@/api";
import { PageTitle } from "@/components/page-title";
import { interviewQuery } from "@/features/room/interview-query";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import styles from "./report.module.css";
import { ReportActions } from "./report-actions";

export function ReportHeader({ report }: { report: Report }) {
  const { t } = useTranslation();
  const { data: interview } = useQuery(interviewQuery(report.interview_id));
  const facts = [
    interview?.target_role,
    interview?.company,
    interview?.scenario_title,
    formatDateTime(report.finished_at ?? report.created_at, currentLanguage()),
  ];
  return (
    <div className={styles.header}>
      <div>
        <PageTitle title={t("report.title")} />
        <Text c="dimmed" mt={4} className="figures">
          {facts.filter(Boolean).join(" · ")}
        </Text>
      </div>
      <ReportActions report={report} />
    </div>
  );
}
