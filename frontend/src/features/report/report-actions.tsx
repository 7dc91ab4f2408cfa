import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Report } from "@/api";
import { saveFile } from "@/lib/save-file";

export function ReportActions({ report }: { report: Report }) {
  const { t } = useTranslation();
  const download = () => {
    const content = new Blob([JSON.stringify(report, null, 2)], { type: "application/json" });
    saveFile(content, `report-${report.interview_id}.json`);
  };
  return (
    <Group gap="sm">
      {report.status === "ready" && (
        <Button variant="default" leftSection={<IconDownload size={18} />} onClick={download}>
          {t("report.download")}
        </Button>
      )}
      {report.status === "ready" && (
        <Button component={Link} to={`/learning?interview=${report.interview_id}`} variant="default">
          {t("learning.create")}
        </Button>
      )}
      <Button component={Link} to="/interviews/new" variant="default">
        {t("home.next.again.action")}
      </Button>
    </Group>
  );
}
