import { Group, Loader, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Transcript } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { NoticeAlert } from "@/components/notice-alert";
import { errorText } from "@/i18n/error-text";
import { ApiError } from "@/lib/api-error";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { Choices } from "./choices";
import { Correction } from "./correction";
import type { ReviewProps } from "./spoken";
import { useVoice } from "./voice-context";

const EXPLAIN_S = 10;
const CHOOSE_S = 30;

/** What was heard, to be corrected and sent; or why there is nothing, and what can be done instead. */
export function Review(props: ReviewProps) {
  const { t } = useTranslation();
  const { transcript } = props;
  switch (transcript.state) {
    case "ready":
    case "partial":
      return <Correction {...props} key={transcript.take} acceptMissing={transcript.state === "partial"} />;
    case "empty":
      return (
        <NoticeAlert needsYou title={t("voice.emptyTitle")} text={t("voice.emptyText")}>
          <Choices {...props} />
        </NoticeAlert>
      );
    case "failed":
      return (
        <ErrorAlert title={t("voice.failedTitle")} text={failedText(transcript, t("voice.failedText"))}>
          <Choices {...props} />
        </ErrorAlert>
      );
    default:
      return <Pending {...props} />;
  }
}

function failedText({ error_code }: Transcript, otherwise: string): string {
  return error_code ? errorText(new ApiError(error_code, 409)) : otherwise;
}

/** Still being written down: words at once, an explanation after ten seconds, a choice after thirty. */
function Pending(props: ReviewProps) {
  const { t } = useTranslation();
  const { transcript } = props;
  const seconds = useElapsedSeconds(true, transcript.take ?? 0);
  const waiting = transcript.segments.filter((segment) => segment.state === "pending").length;
  const { link } = useVoice();
  // It was never ended: the page was closed in it, or the connection did not come back.
  const isHere = link.answer?.questionId === props.question.id && link.answer.reason !== "lost";
  const isBroken = transcript.state === "listening" && !isHere;
  if (transcript.text && (seconds >= CHOOSE_S || isBroken)) {
    return <Correction {...props} key={transcript.take} acceptMissing isWaiting={waiting > 0} />;
  }
  return (
    <Stack gap="sm">
      <Group gap="sm" role="status">
        <Loader size="sm" aria-hidden />
        <Text fw={550}>{t("voice.writingDown")}</Text>
      </Group>
      <Text size="sm" c="dimmed">
        {waiting > 0 && `${t("voice.segmentsWaiting", { count: waiting })} `}
        {seconds >= EXPLAIN_S && t("voice.writingLong")}
      </Text>
      {(seconds >= CHOOSE_S || (isBroken && seconds >= 2)) && <Choices {...props} />}
    </Stack>
  );
}
