import { Button, Group, Kbd, Stack, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled, IconPointFilled } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { LevelMeter } from "./level-meter";
import type { Link } from "./link-state";
import type { Phase } from "./spoken";
import { useSpaceKey } from "./use-space-key";
import styles from "./voice.module.css";

type Props = {
  link: Link;
  phase: Phase;
  interview: InterviewDetail;
  onStart: () => void;
  onStop: () => void;
  onThink: (seconds: number) => void;
};

const THINK_S = 30;

/** Start and stop speaking, and what is happening meanwhile, in words. */
export function TalkButton({ link, phase, interview, onStart, onStop, onThink }: Props) {
  const { t } = useTranslation();
  const isListening = phase === "listening";
  const isBusy = phase === "ending" || (!isListening && link.state !== "ready");
  const seconds = useElapsedSeconds(isListening, link.answer?.take ?? 0);
  const button = useRef<HTMLButtonElement>(null);
  const press = () => {
    if (isBusy) return;
    if (isListening) onStop();
    else onStart();
  };
  useSpaceKey(press);
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) button.current?.focus({ preventScroll: true });
  }, []);
  // While the line is down nothing arrives anywhere, so nothing is recorded.
  const isRecorded = isListening && link.state === "ready";
  const Icon = isListening ? IconPlayerStopFilled : IconMicrophone;
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="md" align="center">
        <Button
          ref={button}
          size="xl"
          radius="xl"
          variant={isListening ? "outline" : "filled"}
          className={styles.talk}
          leftSection={<Icon size={24} stroke={1.75} aria-hidden />}
          // Not `disabled`: the focus would be lost between two presses.
          aria-disabled={isBusy}
          data-busy={isBusy || undefined}
          onClick={press}
        >
          {t(isListening ? "voice.done" : phase === "ending" ? "voice.ending" : "voice.talk")}
        </Button>
        {isListening && <LevelMeter />}
      </Group>
      <div role="status">
        <Text fw={550}>{t(`voice.state.${stateOf(link, phase)}`)}</Text>
      </div>
      <Text size="sm" c="dimmed" className={styles.recording}>
        {isRecorded && (
          <span className={`${styles.recordingNow} figures`}>
            <IconPointFilled size={18} className={styles.red} aria-hidden />
            {t("voice.recordingFor", {
              time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`,
            })}
          </span>
        )}
        <span>{t(keptText(isRecorded, interview))}</span>
      </Text>
      {isListening && (
        <Button variant="default" size="sm" disabled={link.isThinking} onClick={() => onThink(THINK_S)}>
          {t("voice.think", { seconds: THINK_S })}
        </Button>
      )}
      {!isListening && (
        <Text size="sm" c="dimmed" className={styles.keyboardOnly}>
          <Kbd size="xs">Space</Kbd> {t("voice.spaceHint")}
        </Text>
      )}
    </Stack>
  );
}

function stateOf(link: Link, phase: Phase) {
  if (link.state === "reconnecting") return "reconnecting";
  if (link.state !== "ready") return "connecting";
  if (phase === "ending") return "ending";
  if (phase !== "listening") return "idle";
  if (link.isThinking) return "thinking";
  if (link.silenceMs !== null && !link.isSpeaking) return "silent";
  return link.isSpeaking ? "speaking" : "listening";
}

function keptText(isRecorded: boolean, interview: InterviewDetail) {
  if (!isRecorded) return "voice.microphoneIdle";
  return interview.consents.recording ? "voice.audioKept" : "voice.audioDeleted";
}
