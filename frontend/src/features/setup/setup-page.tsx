import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { NoReadyResume } from "@/features/resumes/no-ready-resume";
import { resumesQuery } from "@/features/resumes/resume-queries";
import { isInWork } from "@/features/resumes/use-live-resume";
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
