import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { LoadError } from "@/components/load-error";
import { MessagePage } from "@/components/message-page";
import { PageSkeleton } from "@/components/page-skeleton";
import { errorCode } from "@/lib/api-error";
import { ReportView } from "./report-view";
import { useReport } from "./use-report";

export function ReportPage() {
  const { t } = useTranslation();
  const { interviewId = "" } = useParams();
  const { data: report, error, refetch } = useReport(interviewId);
  if (report) return <ReportView report={report} />;
  if (errorCode(error) === "INTERVIEW_NOT_FINISHED") {
    return (
      <MessagePage title={t("report.notFinishedTitle")} text={t("report.notFinishedText")}>
        <Button component={Link} to={`/interviews/${interviewId}`}>
          {t("report.toRoom")}
        </Button>
      </MessagePage>
    );
  }
  return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
}
