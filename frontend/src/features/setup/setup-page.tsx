import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import type { Resume } from "@/api";
import { LoadError } from "@/components/load-error";
import { NoticeAlert } from "@/components/notice-alert";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { resumesQuery } from "@/features/resumes/resume-queries";
import { isInWork, useLiveResume } from "@/features/resumes/use-live-resume";
import { SetupForm } from "./setup-form";

export function SetupPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const { data, error, refetch } = useQuery(resumesQuery);
  if (!data) return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
  const ready = data.items.filter((resume) => resume.status === "ready");
  const wanted = ready.find((resume) => resume.id === search.get("resume")) ?? ready[0];
  return (
    <Stack gap="xl" maw={680} mx="auto">
      <PageTitle title={t("setup.title")} lead={t("setup.lead")} />
      {wanted ? (
        <SetupForm resumes={ready} initialResumeId={wanted.id} />
      ) : (
        <NoReadyResume waiting={data.items.find(isInWork)} />
      )}
    </Stack>
  );
}

function NoReadyResume({ waiting }: { waiting: Resume | undefined }) {
  const { t } = useTranslation();
  if (waiting) return <WaitingResume resume={waiting} />;
  return (
    <NoticeAlert needsYou text={t("setup.noReadyResume")}>
      <Button component={Link} to="/resumes/new">
        {t("home.addResume")}
      </Button>
    </NoticeAlert>
  );
}

function WaitingResume({ resume }: { resume: Resume }) {
  const { t } = useTranslation();
  // Following it turns this notice into the form the moment the résumé is ready.
  useLiveResume(resume.id);
  return (
    <NoticeAlert text={t("setup.waitingResume")}>
      <Button component={Link} to={`/resumes/${resume.id}`} variant="default">
        {t("home.next.wait.action")}
      </Button>
    </NoticeAlert>
  );
}
