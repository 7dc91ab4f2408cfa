import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { useMe } from "@/features/auth/use-me";
import { resumesQuery } from "@/features/resumes/resume-queries";
import { InterviewList } from "./interview-list";
import { interviewsQuery } from "./interview-queries";
import { nextStep } from "./next-step";
import { NextStepCard } from "./next-step-card";
import { PractiseSection } from "./practise-section";
import { ProgressSection } from "./progress-section";
import { ResumeList } from "./resume-list";

const PAGE = 10;
const LONGEST_LIST = 100;
const REPORT_POLL_MS = 10_000;

export function HomePage() {
  const { t } = useTranslation();
  const [limit, setLimit] = useState(PAGE);
  const { data: me } = useMe();
  const resumes = useQuery(resumesQuery);
  const interviews = useQuery({
    ...interviewsQuery(limit),
    placeholderData: (previous) => previous,
    refetchInterval: ({ state }) =>
      state.data?.items.some((item) => ["pending", "running"].includes(item.report_status))
        ? REPORT_POLL_MS
        : false,
  });

  const error = resumes.error ?? interviews.error;
  if (!resumes.data || !interviews.data) {
    if (!error) return <PageSkeleton />;
    return <LoadError error={error} onRetry={() => Promise.all([resumes.refetch(), interviews.refetch()])} />;
  }
  const hasMore = interviews.data.total > interviews.data.items.length && limit < LONGEST_LIST;
  return (
    <Stack gap={40}>
      <PageTitle title={t("home.title", { name: me?.display_name ?? "" })} />
      <NextStepCard step={nextStep(resumes.data.items, interviews.data.items)} />
      <ResumeList resumes={resumes.data.items} />
      <InterviewList
        interviews={interviews.data.items}
        onMore={hasMore ? () => setLimit(Math.min(limit + 3 * PAGE, LONGEST_LIST)) : undefined}
      />
      <PractiseSection />
      <ProgressSection interviews={interviews.data.items} />
    </Stack>
  );
}
