import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, Question } from "@/api";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { readDraft, saveDraft } from "@/lib/drafts";
import { readPreference, savePreference } from "@/lib/preferences";
import { ConsentsButton } from "./consents-button";
import type { Spoken } from "./spoken";
import { SpokenQuestion } from "./spoken-question";
import { useVoice } from "./voice-context";
import { VoicePanel } from "./voice-panel";

type Mode = "voice" | "text";
type Props = {
  interview: InterviewDetail;
  question: Question;
  isSending: boolean;
  isSkipping: boolean;
  /** Takes up to this one were a wish, which has been heard. */
  wishTake: number;
  onSend: (text: string, spoken: Spoken) => void;
  onSkip: () => void;
  /** The answer in writing, which is always possible. */
  children: ReactNode;
};

const MODE = "answer-mode";
const MODES = ["voice", "text"] as const;

/** Answer by voice or in writing; the choice holds for the next questions, and either can be left for the other. */
export function VoiceAnswer(props: Props) {
  const { interview, question, isSending, isSkipping, wishTake, onSend, onSkip, children } = props;
  const { t } = useTranslation();
  const { data: status } = useSystemStatus();
  const { link, session } = useVoice();
  const [mode, setMode] = useState<Mode>(() => firstMode(interview));
  // A pause, another question: nobody is left who could say "I'm done".
  useEffect(() => () => session.end(), [session]);
  const isSpoken = link.answer?.phase === "listening" || link.answer?.phase === "ending";
  useEffect(() => {
    // Who writes needs neither microphone nor connection; what was being said is brought to its end before.
    if (mode === "text" && !isSpoken) session.rest();
  }, [mode, isSpoken, session]);
  const consents = <ConsentsButton interview={interview} />;
  if (interview.accommodations.text_only) {
    return (
      <Stack gap="sm">
        {children}
        <Group justify="flex-end">{consents}</Group>
      </Stack>
    );
  }
  const canSpeak = status?.speech.can_transcribe === true || link.state !== "off";
  if (status && !canSpeak) {
    return (
      <Stack gap="sm">
        <SpokenQuestion interview={interview} question={question} isVoice={false} />
        <Text size="sm" c="dimmed" role="note">
          {t("voice.cannotTranscribe")}
        </Text>
        {children}
        <Group justify="flex-end">{consents}</Group>
      </Stack>
    );
  }

  const choose = (next: Mode) => {
    if (next === "text") session.end();
    else session.wake();
    setMode(next);
    savePreference(MODE, next);
  };
  const typeInstead = (heard: string) => {
    if (heard && !readDraft(interview.id, question.id)) saveDraft(interview.id, question.id, heard);
    session.forget();
    choose("text");
  };
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          aria-label={t("voice.mode")}
          value={mode}
          onChange={(value) => choose(value as Mode)}
          data={MODES.map((value) => ({ value, label: t(`voice.modes.${value}`) }))}
          disabled={isSending || isSkipping}
        />
        {consents}
      </Group>
      <SpokenQuestion interview={interview} question={question} isVoice={mode === "voice"} />
      {mode === "text" ? (
        children
      ) : (
        <VoicePanel
          interview={interview}
          question={question}
          isSending={isSending}
          isSkipping={isSkipping}
          wishTake={wishTake}
          onSend={onSend}
          onSkip={() => {
            session.forget();
            onSkip();
          }}
          onType={typeInstead}
        />
      )}
    </Stack>
  );
}

function firstMode(interview: InterviewDetail): Mode {
  if (!interview.consents.transcription) return "text";
  return readPreference(MODE, MODES) ?? "voice";
}
