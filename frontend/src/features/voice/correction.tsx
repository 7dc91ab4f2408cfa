import { Button, Group, Stack, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SpokenWord, Transcript } from "@/api";
import { GrowingTextarea } from "@/components/growing-textarea";
import { NoticeAlert } from "@/components/notice-alert";
import { forgetDraft, readDraft, saveDraft } from "@/lib/drafts";
import { Choices } from "./choices";
import { missingParts } from "./missing-parts";
import type { ReviewProps } from "./spoken";
import { Words } from "./transcript-view";
import styles from "./voice.module.css";

type Props = ReviewProps & { acceptMissing: boolean; isWaiting?: boolean };

/** The transcript as it was heard, doubtful words marked, and below it the same text to be corrected and sent. */
export function Correction(props: Props) {
  const { t } = useTranslation();
  const { interview, question, transcript, acceptMissing, isWaiting = false, isSending, onSend } = props;
  const draftId = `${question.id}:voice:${transcript.take}`;
  const [corrected, setCorrected] = useState(() => readDraft(interview.id, draftId));
  const text = corrected || transcript.text;
  const box = useRef<HTMLTextAreaElement>(null);
  const parts = missingParts(transcript);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);

  const write = (next: string) => {
    setCorrected(next);
    saveDraft(interview.id, draftId, next);
  };
  const send = () => {
    if (text.trim() === "" || isSending) return;
    forgetDraft(interview.id, draftId);
    onSend(text, { take: transcript.take ?? 1, acceptMissing });
  };
  return (
    <Stack gap="md">
      <div>
        <Text fw={650} component="h2" fz="lg">
          {t("voice.reviewTitle")}
        </Text>
        <Text size="sm" c="dimmed">
          {t(hasDoubts(transcript) ? "voice.reviewDoubts" : "voice.reviewLead")}
        </Text>
      </div>
      {transcript.is_too_poor && (
        <NoticeAlert
          needsYou
          title={t("voice.tooPoorTitle")}
          text={t(`voice.tooPoor.${transcript.poor_reason ?? "unclear"}`)}
        />
      )}
      {parts.length > 0 && (
        <NoticeAlert
          needsYou
          title={t("voice.missingTitle", { count: parts.length })}
          text={`${upperFirst(parts.map((part) => (part ? t("voice.missingPart", part) : t("voice.missingUnknown"))).join(", "))}. ${t(isWaiting ? "voice.missingWaiting" : "voice.missingText")}`}
        />
      )}
      <section className={styles.transcript} aria-label={t("voice.heard")} lang={interview.language}>
        {transcript.segments.map((segment) => (
          <p key={`${segment.epoch}:${segment.sequence}`}>
            {segment.text && (
              <Words
                words={segment.words}
                text={segment.text}
                onDoubt={(word) => select(box.current, text, word, transcript)}
              />
            )}
          </p>
        ))}
      </section>
      <GrowingTextarea
        ref={box}
        label={t("voice.correct")}
        labelProps={{ fw: 600, mb: 6 }}
        size="md"
        minRows={4}
        maxRows={18}
        lang={interview.language}
        value={text}
        readOnly={isSending}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Group justify="space-between" gap="sm">
        <Group gap="xs">
          <Choices {...props} />
        </Group>
        <Button
          size="md"
          loading={isSending}
          disabled={text.trim() === ""}
          leftSection={<IconSend size={18} stroke={1.75} />}
          onClick={send}
        >
          {t(acceptMissing ? "voice.sendWithout" : "room.send")}
        </Button>
      </Group>
    </Stack>
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function hasDoubts({ segments }: Transcript): boolean {
  return segments.some((segment) => segment.words.some((word) => word.is_doubtful));
}

/** Select the word in the box: its like there, as often as it was said before this one. */
function select(box: HTMLTextAreaElement | null, text: string, word: SpokenWord, { segments }: Transcript) {
  const wanted = word.text.trim();
  const words = segments.flatMap((segment) => segment.words);
  const before = words.slice(0, words.indexOf(word)).filter((other) => other.text.trim() === wanted).length;
  let at = text.indexOf(wanted);
  for (let skipped = 0; skipped < before && at >= 0; skipped++) at = text.indexOf(wanted, at + 1);
  box?.focus();
  if (at >= 0) box?.setSelectionRange(at, at + wanted.length);
}
