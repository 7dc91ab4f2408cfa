import { Button, Checkbox, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorAlert } from "@/components/error-alert";
import { GrowingTextarea } from "@/components/growing-textarea";
import { descriptionStyle } from "@/features/setup/description-style";
import { MAX_REVIEW_TEXT, useRequestReview } from "./human-review-actions";

type Props = { interviewId: string; isAgain: boolean };

/** Asks for a person to look at the report. What was written stays until the request is stored. */
export function HumanReviewForm({ interviewId, isAgain }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [isShared, setShared] = useState(false);
  const request = useRequestReview(interviewId);
  const length = Array.from(text.trim()).length;
  const send = () =>
    request.mutate({ text: text.trim(), shares_transcript: isShared }, { onSuccess: () => setText("") });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="md" maw={640}>
        <GrowingTextarea
          minRows={3}
          maxRows={12}
          size="md"
          label={t("review.field")}
          description={t("review.fieldHint", { max: MAX_REVIEW_TEXT })}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Text
          size="sm"
          c={length > MAX_REVIEW_TEXT ? "var(--mantine-color-error)" : "dimmed"}
          className="figures"
        >
          {t("review.count", { count: length, max: MAX_REVIEW_TEXT })}
        </Text>
        <Checkbox
          size="md"
          label={t("review.shares")}
          description={t("review.sharesHint")}
          styles={descriptionStyle}
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        {request.error && <ErrorAlert title={t("error.title")} error={request.error} />}
        <div>
          <Button
            type="submit"
            variant="default"
            loading={request.isPending}
            disabled={length === 0 || length > MAX_REVIEW_TEXT}
          >
            {t(isAgain ? "review.again" : "review.send")}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
