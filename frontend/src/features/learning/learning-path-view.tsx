import { Group, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LearningItem, LearningPathDetail } from "@/api";
import { DeleteButton } from "@/components/delete-button";
import { NoticeAlert } from "@/components/notice-alert";
import { ThinBar } from "@/components/thin-bar";
import { WritingBadge } from "@/components/writing-badge";
import { WritingState } from "@/components/writing-state";
import { currentLanguage } from "@/i18n";
import { formatDateTime } from "@/lib/format";
import styles from "./learning.module.css";
import { LearningItemCard } from "./learning-item-card";
import { useLearningActions } from "./use-learning-actions";

export function LearningPathView({ path }: { path: LearningPathDetail }) {
  const { t } = useTranslation();
  const { retry, mark, remove } = useLearningActions(path.id);
  // A mark shows at once; when it cannot be saved it goes again.
  const isDone = (item: LearningItem) =>
    mark.isPending && mark.variables.item.id === item.id ? mark.variables.isDone : item.done_at !== null;
  const done = path.items.filter(isDone).length;
  const facts = [
    formatDateTime(path.created_at, currentLanguage()),
    path.interview_id && t("learning.withReport"),
  ].filter(Boolean);
  return (
    <Stack component="section" gap="lg" aria-labelledby="learning-path-title">
      <div>
        <Group gap="sm">
          <Title order={2} size="h3" id="learning-path-title" style={{ overflowWrap: "anywhere" }}>
            {path.target_role}
          </Title>
          <WritingBadge status={path.status} />
        </Group>
        <Text c="dimmed" size="sm" mt={4} className="figures">
          {facts.join(" · ")}
        </Text>
      </div>
      <WritingState
        written={path}
        runningTitle={t("learning.running")}
        failedTitle={t("learning.failedTitle")}
        isRetrying={retry.isPending}
        onRetry={() => retry.mutate()}
      />
      {path.items.length > 0 && (
        <>
          <Origin path={path} />
          <div>
            <Text size="sm" mb={6} role="status" className="figures">
              {t("learning.doneOf", { done, total: path.items.length })}
            </Text>
            <ThinBar
              percent={(100 * done) / path.items.length}
              label={t("learning.doneOf", { done, total: path.items.length })}
            />
          </div>
          <ul className={styles.items}>
            {path.items.map((item) => (
              <li key={item.id}>
                <LearningItemCard
                  item={item}
                  language={path.language}
                  isDone={isDone(item)}
                  onMark={(isDone) => mark.mutate({ item, isDone })}
                />
              </li>
            ))}
          </ul>
          {hasUnchecked(path) && (
            <Text size="sm" c="dimmed" className="prose">
              {t("learning.unchecked")}
            </Text>
          )}
        </>
      )}
      <div>
        <DeleteButton
          label={t("writing.delete")}
          title={t("learning.deleteTitle")}
          text={t("learning.deleteText")}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </div>
    </Stack>
  );
}

/** Who chose the items: a model among what rules found, or the rules alone. */
function Origin({ path }: { path: LearningPathDetail }) {
  const { t } = useTranslation();
  const by = path.answered_by;
  if (!by) return null;
  if (by.is_fallback) {
    const isLimit = by.fallback_reason === "limit_reached";
    return <NoticeAlert text={t(isLimit ? "learning.byRulesLimit" : "learning.byRules")} />;
  }
  const isMixed = path.items.some((item) => !item.is_by_model);
  return (
    <NoticeAlert
      text={`${t("learning.byModel", { model: by.model ?? by.provider })}. ${isMixed ? t("learning.someByRules") : ""}`}
    />
  );
}

function hasUnchecked(path: LearningPathDetail): boolean {
  return path.items.some((item) => [item.link, ...item.resources].some((link) => link.checked_on === null));
}
