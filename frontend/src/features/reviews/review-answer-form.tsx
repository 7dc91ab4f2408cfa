import { Button, Checkbox, Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReviewCase, ReviewOutcome } from "@/api";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorAlert } from "@/components/error-alert";
import { GrowingTextarea } from "@/components/growing-textarea";
import { Section } from "@/components/section";
import { MAX_REVIEW_TEXT } from "@/features/report/human-review-actions";
import { formatScore } from "@/lib/format";
import { useAnswerReview } from "./use-answer-review";

/** The operator's answer. Scores can be taken out, and there is no field in which one could be put in. */
export function ReviewAnswerForm({ review }: { review: ReviewCase }) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<ReviewOutcome | null>(null);
  const [text, setText] = useState("");
  const [withdrawn, setWithdrawn] = useState<string[]>([]);
  const [isAsking, setAsking] = useState(false);
  const answer = useAnswerReview(review.id);
  const isTextRight = text.trim() !== "" && Array.from(text.trim()).length <= MAX_REVIEW_TEXT;
  const scored = review.report.competencies.filter(({ score }) => score !== null);
  const send = () => {
    setAsking(false);
    if (!outcome) return;
    answer.mutate({ outcome, text: text.trim(), withdraw: outcome === "corrected" ? withdrawn : [] });
  };
  return (
    <Section title={t("reviews.answerTitle")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <Stack gap="lg" maw={640}>
          <Radio.Group
            label={t("reviews.outcome")}
            value={outcome}
            onChange={(value) => setOutcome(value as ReviewOutcome)}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="upheld" label={t("reviews.upheld")} />
              <Radio value="corrected" label={t("reviews.corrected")} />
            </Stack>
          </Radio.Group>
          {outcome === "corrected" && scored.length > 0 && (
            <Checkbox.Group
              label={t("reviews.withdraw")}
              description={t("reviews.withdrawHint")}
              value={withdrawn}
              onChange={setWithdrawn}
            >
              <Stack gap="xs" mt="xs">
                {scored.map(({ key, title, score }) => (
                  <Checkbox key={key} value={key} label={`${title} · ${formatScore(score ?? 0)}`} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
          <GrowingTextarea
            minRows={4}
            maxRows={14}
            size="md"
            label={t("reviews.text")}
            description={t("reviews.textHint", { max: MAX_REVIEW_TEXT })}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {answer.error && <ErrorAlert title={t("error.title")} error={answer.error} />}
          <div>
            <Button type="submit" loading={answer.isPending} disabled={!outcome || !isTextRight}>
              {t("reviews.send")}
            </Button>
          </div>
        </Stack>
      </form>
      <ConfirmDialog
        isOpen={isAsking}
        title={t("reviews.confirmTitle")}
        text={t("reviews.confirmText")}
        confirmLabel={t("reviews.send")}
        onConfirm={send}
        onClose={() => setAsking(false)}
      />
    </Section>
  );
}
