import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { QuestionSetDetail } from "@/api";
import { DeleteButton } from "@/components/delete-button";
import { LoadError } from "@/components/load-error";
import { NoticeAlert } from "@/components/notice-alert";
import { PageSkeleton } from "@/components/page-skeleton";
import { WritingBadge } from "@/components/writing-badge";
import { isBeingWritten, WritingState } from "@/components/writing-state";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import styles from "./question-set.module.css";
import { SetQuestionCard } from "./set-question-card";
import { useLiveQuestionSet } from "./use-live-question-set";
import { useQuestionSetActions } from "./use-question-set-actions";

export function QuestionSetPage() {
  const { questionSetId = "" } = useParams();
  const { data, error, refetch } = useLiveQuestionSet(questionSetId);
  if (data) return <QuestionSetView set={data} />;
  return error ? <LoadError error={error} onRetry={refetch} /> : <PageSkeleton />;
}

function QuestionSetView({ set }: { set: QuestionSetDetail }) {
  const { t } = useTranslation();
  const { retry, remove } = useQuestionSetActions(set.id);
  const facts = [set.company, formatDateTime(set.created_at, currentLanguage())].filter(Boolean);
  const isFromBank = set.questions.length > 0 && set.questions.every((one) => one.answered_by.is_fallback);
  return (
    <Stack gap="xl" maw={760} mx="auto">
      <div>
        <Group gap="sm">
          <Title order={1} size="h2" style={{ overflowWrap: "anywhere" }}>
            {t("questionSet.pageTitle", { role: set.target_role })}
          </Title>
          <WritingBadge status={set.status} />
        </Group>
        <Text c="dimmed" size="sm" mt={4} className="figures">
          {facts.join(" · ")}
        </Text>
      </div>
      <WritingState
        written={set}
        runningTitle={t("questionSet.running")}
        failedTitle={t("questionSet.failedTitle")}
        isRetrying={retry.isPending}
        onRetry={() => retry.mutate()}
      >
        <Text size="sm">{t("questionSet.partOf", { count: set.questions.length })}</Text>
      </WritingState>
      {isFromBank && <NoticeAlert text={t("questionSet.byRules")} />}
      <ol className={styles.questions}>
        {set.questions.map((question) => (
          <li key={question.id}>
            <SetQuestionCard question={question} language={set.language} />
          </li>
        ))}
      </ol>
      <Group gap="sm">
        <Button component={Link} to="/question-sets" variant={isBeingWritten(set) ? "default" : "filled"}>
          {isBeingWritten(set) ? t("questionSet.all") : t("questionSet.another")}
        </Button>
        <DeleteButton
          label={t("writing.delete")}
          title={t("questionSet.deleteTitle")}
          text={t("questionSet.deleteText")}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Group>
    </Stack>
  );
}
