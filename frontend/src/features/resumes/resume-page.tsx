import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconDownload, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { ResumeDetail } from "@/api";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { currentLanguage } from "@/i18n";
import { formatBytes, formatDate } from "@/lib/format";
import { ResumeBody } from "./resume-body";
import { ResumeFailure } from "./resume-failure";
import { ResumeNotices } from "./resume-notices";
import styles from "./resume-page.module.css";
import { ResumeStatusBadge } from "./resume-status-badge";
import { ResumeSteps } from "./resume-steps";
import { isInWork, useLiveResume } from "./use-live-resume";
import { useResumeActions } from "./use-resume-actions";

export function ResumePage() {
  const { resumeId = "" } = useParams();
  const { data: resume, error, refetch } = useLiveResume(resumeId);
  if (resume) return <ResumeView resume={resume} />;
  return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
}

function ResumeView({ resume }: { resume: ResumeDetail }) {
  const { t } = useTranslation();
  const { reprocess, remove, download } = useResumeActions(resume);
  const [isDeleting, setDeleting] = useState(false);
  const language = currentLanguage();
  const facts = [
    t("resume.uploadedAt", { date: formatDate(resume.created_at, language) }),
    formatBytes(resume.size_bytes, language),
    resume.pages !== null && t("resume.pages", { count: resume.pages }),
  ].filter(Boolean);

  return (
    <Stack gap="xl" className={resume.profile ? `${styles.page} ${styles.wide}` : styles.page}>
      <div>
        <Group gap="sm" align="center">
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            {resume.filename}
          </Title>
          <ResumeStatusBadge status={resume.status} />
        </Group>
        <Text c="dimmed" size="sm" mt={4} className="figures">
          {facts.join(" · ")}
        </Text>
      </div>

      {isInWork(resume) && <ResumeSteps resume={resume} />}
      {resume.status === "failed" && (
        <ResumeFailure
          code={resume.error?.code ?? "internal"}
          isBusy={reprocess.isPending}
          onReprocess={() => reprocess.mutate()}
        />
      )}
      {resume.status === "ready" && (
        <div>
          <Button component={Link} to={`/interviews/new?resume=${resume.id}`} size="md">
            {t("resume.startInterview")}
          </Button>
        </div>
      )}
      <ResumeNotices resume={resume} />
      {resume.profile && <ResumeBody resume={resume} profile={resume.profile} />}

      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconDownload size={18} />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {t("resume.download")}
        </Button>
        {resume.status === "ready" && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={18} />}
            loading={reprocess.isPending}
            onClick={() => reprocess.mutate()}
          >
            {t("resume.reprocess")}
          </Button>
        )}
        <Button
          variant="subtle"
          color="red"
          c="var(--mantine-color-error)"
          leftSection={<IconTrash size={18} />}
          onClick={() => setDeleting(true)}
        >
          {t("resume.deleteAction")}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isDeleting}
        title={t("resume.deleteTitle")}
        text={t("resume.deleteText")}
        confirmLabel={t("common.delete")}
        isDangerous
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setDeleting(false)}
      />
    </Stack>
  );
}
