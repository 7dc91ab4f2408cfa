import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import type { LearningPath } from "@/api";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import { WritingBadge } from "@/components/writing-badge";
import styles from "@/features/home/home.module.css";
import { interviewsQuery } from "@/features/home/interview-queries";
import { NoReadyResume } from "@/features/resumes/no-ready-resume";
import { resumesQuery } from "@/features/resumes/resume-queries";
import { isInWork } from "@/features/resumes/use-live-resume";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import { LearningForm } from "./learning-form";
import { LearningPathView } from "./learning-path-view";
import { learningPathsQuery } from "./learning-queries";
import { useLiveLearningPath } from "./use-live-learning-path";

/** The newest learning path, or the one in the address; and the form for another. */
export function LearningPage() {
  const { t } = useTranslation();
  const { learningPathId } = useParams();
  const [search] = useSearchParams();
  const { data, error, refetch } = useQuery(learningPathsQuery);
  if (!data) return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
  const shownId = learningPathId ?? data.items[0]?.id;
  const others = data.items.filter((path) => path.id !== shownId);
  const isAskedFor = search.has("interview") || search.has("resume");
  return (
    <Stack gap={40} maw={760} mx="auto">
      <PageTitle title={t("learning.title")} lead={t("learning.lead")} />
      {/* Another path begins with a closed form. */}
      <NewPath key={shownId ?? "first"} isFirst={!shownId} isAskedFor={isAskedFor} />
      {shownId && <ShownPath id={shownId} />}
      {others.length > 0 && (
        <Section title={t("learning.earlier")} lead={t("learning.earlierText")}>
          <ul className={styles.rows}>
            {others.map((path) => (
              <Row key={path.id} path={path} />
            ))}
          </ul>
        </Section>
      )}
    </Stack>
  );
}

function ShownPath({ id }: { id: string }) {
  const { data, error, refetch } = useLiveLearningPath(id);
  if (data) return <LearningPathView path={data} />;
  return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
}

const INTERVIEWS_TO_CHOOSE = 50;

function NewPath({ isFirst, isAskedFor }: { isFirst: boolean; isAskedFor: boolean }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(isFirst || isAskedFor);
  if (!isOpen) {
    return (
      <div>
        <Button variant="default" onClick={() => setOpen(true)}>
          {t("learning.new")}
        </Button>
      </div>
    );
  }
  return (
    <Section
      title={isFirst ? t("learning.none") : t("learning.new")}
      lead={isFirst ? t("learning.noneText") : undefined}
    >
      <FormWithChoices />
    </Section>
  );
}

function FormWithChoices() {
  const [search] = useSearchParams();
  const resumes = useQuery(resumesQuery);
  const interviews = useQuery(interviewsQuery(INTERVIEWS_TO_CHOOSE));
  const error = resumes.error ?? interviews.error;
  if (!resumes.data || !interviews.data) {
    if (!error) return <PageSkeleton />;
    return <LoadError error={error} onRetry={() => Promise.all([resumes.refetch(), interviews.refetch()])} />;
  }
  const ready = resumes.data.items.filter((resume) => resume.status === "ready");
  const withReport = interviews.data.items.filter((interview) => interview.report_status === "ready");
  const interview = withReport.find((one) => one.id === search.get("interview"));
  const wantedId = search.get("resume") ?? interview?.resume_id;
  const wanted = ready.find((resume) => resume.id === wantedId) ?? ready[0];
  if (!wanted) return <NoReadyResume waiting={resumes.data.items.find(isInWork)} />;
  return (
    <LearningForm
      resumes={ready}
      interviews={withReport}
      initialResumeId={wanted.id}
      initialInterviewId={interview?.id ?? ""}
    />
  );
}

function Row({ path }: { path: LearningPath }) {
  const { t } = useTranslation();
  return (
    <li className={styles.row}>
      <Link to={`/learning/${path.id}`} className={styles.rowLink}>
        <div className={styles.rowTitle}>{path.target_role}</div>
        <div className={styles.rowMeta}>
          {[formatDateTime(path.created_at, currentLanguage()), path.interview_id && t("learning.withReport")]
            .filter(Boolean)
            .join(" · ")}
        </div>
      </Link>
      <WritingBadge status={path.status} />
    </li>
  );
}
