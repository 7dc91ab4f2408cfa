import { Button, Group, Kbd, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Question } from "@/api";
import { GrowingTextarea } from "@/components/growing-textarea";
import { readDraft, saveDraft } from "@/lib/drafts";
import styles from "./question.module.css";
import { SkipButton } from "./skip-button";
import { useReadAhead } from "./use-read-ahead";

type Props = {
  interviewId: string;
  question: Question;
  isSending: boolean;
  isSkipping: boolean;
  onSend: (text: string) => void;
  onSkip: () => void;
  onLeave: (question: Question, text: string) => void;
};

const MAX_ANSWER = 20_000;
const SEND_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

/** Where an answer is written. Every change is kept in this browser until the server has the answer. */
export function AnswerForm(props: Props) {
  const { interviewId, question, isSending, isSkipping, onSend, onSkip, onLeave } = props;
  const { t } = useTranslation();
  const [text, setText] = useState(() => readDraft(interviewId, question.id));
  const isReadAhead = useReadAhead(interviewId, question.id, text);
  const box = useRef<HTMLTextAreaElement>(null);
  const isTooLong = text.length > MAX_ANSWER;
  const canSend = text.trim() !== "" && !isTooLong && !isSending && !isSkipping;
  useSpaceToAnswer(box);
  useLastText(question, text, onLeave);

  const write = (next: string) => {
    setText(next);
    saveDraft(interviewId, question.id, next);
  };
  const send = () => {
    if (canSend) onSend(text);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const sendOnShortcut = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send();
  };

  return (
    <form onSubmit={submit}>
      <GrowingTextarea
        ref={box}
        label={t("room.answer")}
        labelProps={{ fw: 600, mb: 6 }}
        placeholder={t("room.answerPlaceholder")}
        size="md"
        minRows={6}
        maxRows={18}
        value={text}
        readOnly={isSending || isSkipping}
        error={isTooLong ? t("room.tooLong", { count: text.length }) : undefined}
        onChange={(event) => write(event.currentTarget.value)}
        onKeyDown={sendOnShortcut}
      />
      <Text size="sm" c="dimmed" mt={6}>
        {t(isReadAhead ? "room.draftReadAhead" : "room.draftSaved")}
        <span className={styles.keyboardOnly}>
          {" · "}
          <SendHint />
        </span>
      </Text>
      <Group justify="space-between" mt="md" gap="sm">
        <SkipButton isSkipping={isSkipping} isDisabled={isSending} onSkip={onSkip} />
        <Button
          type="submit"
          size="md"
          disabled={!canSend && !isSending}
          loading={isSending}
          leftSection={<IconSend size={18} stroke={1.75} />}
        >
          {t("room.send")}
        </Button>
      </Group>
    </form>
  );
}

function SendHint() {
  const { t } = useTranslation();
  const [before = "", after = ""] = t("room.sendHint", { key: "\u0000" }).split("\u0000");
  return (
    <>
      {before}
      <Kbd size="xs">{SEND_KEY}</Kbd>
      {after}
    </>
  );
}

/** Hands on what was written when the form goes: the same question in another window may have been answered. */
function useLastText(question: Question, text: string, onLeave: Props["onLeave"]): void {
  const last = useRef({ question, text });
  last.current = { question, text };
  useEffect(() => () => onLeave(last.current.question, last.current.text), [onLeave]);
}

/** Space starts answering from anywhere on the page, and a new question is ready to be typed to. */
function useSpaceToAnswer(box: React.RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    // On a phone the keyboard would cover the question that has just come.
    if (window.matchMedia("(pointer: fine)").matches) box.current?.focus({ preventScroll: true });
    const start = (event: globalThis.KeyboardEvent) => {
      if (event.key !== " " || event.target !== document.body) return;
      event.preventDefault();
      box.current?.focus();
    };
    document.addEventListener("keydown", start);
    return () => document.removeEventListener("keydown", start);
  }, [box]);
}
