import { Button, Stack } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import type { QuestionSet } from "@/api";
import { LoadError } from "@/components/load-error";
import { PageSkeleton } from "@/components/page-skeleton";
import { PageTitle } from "@/components/page-title";
import { Section } from "@/components/section";
import { WritingBadge } from "@/components/writing-badge";
import styles from "@/features/home/home.module.css";
import { NoReadyResume } from "@/features/resumes/no-ready-resume";
import { resumesQuery } from "@/features/resumes/resume-queries";
import { isInWork } from "@/features/resumes/use-live-resume";
import { currentLanguage, LANGUAGE_NAMES } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import { QuestionSetForm } from "./question-set-form";
import { questionSetsQuery } from "./question-set-queries";

const PAGE = 10;
const LONGEST_LIST = 100;

export function QuestionSetsPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const [limit, setLimit] = useState(PAGE);
  const resumes = useQuery(resumesQuery);
  const sets = useQuery({ ...questionSetsQuery(limit), placeholderData: keepPreviousData });
  const error = resumes.error ?? sets.error;
  if (!resumes.data || !sets.data) {
    if (!error) return <PageSkeleton />;
    return <LoadError error={error} onRetry={() => Promise.all([resumes.refetch(), sets.refetch()])} />;
  }
  const ready = resumes.data.items.filter((resume) => resume.status === "ready");
  const wanted = ready.find((resume) => resume.id === search.get("resume")) ?? ready[0];
  const hasMore = sets.data.total > sets.data.items.length && limit < LONGEST_LIST;
  return (
    <Stack gap={40} maw={680} mx="auto">
      <PageTitle title={t("questionSet.title")} lead={t("questionSet.lead")} />
      {wanted ? (
        <QuestionSetForm resumes={ready} initialResumeId={wanted.id} />
      ) : (
        <NoReadyResume waiting={resumes.data.items.find(isInWork)} />
      )}
      <Section title={t("questionSet.earlier")}>
        {sets.data.items.length === 0 ? (
          <div className={styles.empty}>{t("questionSet.none")}</div>
        ) : (
          <ul className={styles.rows}>
            {sets.data.items.map((set) => (
              <Row key={set.id} set={set} />
            ))}
          </ul>
        )}
        {hasMore && (
          <div>
            <Button variant="subtle" onClick={() => setLimit(Math.min(limit + 3 * PAGE, LONGEST_LIST))}>
              {t("home.more")}
            </Button>
          </div>
        )}
      </Section>
    </Stack>
  );
}

function Row({ set }: { set: QuestionSet }) {
  return (
    <li className={styles.row}>
      <Link to={`/question-sets/${set.id}`} className={styles.rowLink}>
        <div className={styles.rowTitle}>{[set.target_role, set.company].filter(Boolean).join(" · ")}</div>
        <div className={styles.rowMeta}>
          {[formatDateTime(set.created_at, currentLanguage()), LANGUAGE_NAMES[set.language]].join(" · ")}
        </div>
      </Link>
      <WritingBadge status={set.status} />
    </li>
  );
}
