import { Button, Group, Switch, Text } from "@mantine/core";
import { IconPlayerStop, IconVolume } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, Question } from "@/api";
import { readPreference, savePreference } from "@/lib/preferences";
import { useSpeaker } from "./use-speaker";

type Props = { interview: InterviewDetail; question: Question; isVoice: boolean };

const AUTO = "speak-questions";
const ON_OFF = ["on", "off"] as const;

/** Hear the question, again if wished; by itself where that was chosen, or where answers are spoken. */
export function SpokenQuestion({ interview, question, isVoice }: Props) {
  const { t } = useTranslation();
  const speaker = useSpeaker(interview, question);
  const [chosen, setChosen] = useState(() => readPreference(AUTO, ON_OFF));
  const isAuto = chosen === null ? isVoice : chosen === "on";
  const spoken = useRef<string | null>(null);
  const { speak } = speaker;

  useEffect(() => {
    if (!isAuto || spoken.current === question.id) return;
    spoken.current = question.id;
    void speak({ byItself: true });
  }, [isAuto, question.id, speak]);

  if (speaker.isImpossible) return null;
  const choose = (isOn: boolean) => {
    setChosen(isOn ? "on" : "off");
    savePreference(AUTO, isOn ? "on" : "off");
  };
  return (
    <Group gap="md">
      <Button
        variant="default"
        size="sm"
        leftSection={
          speaker.isSpeaking ? (
            <IconPlayerStop size={18} stroke={1.75} />
          ) : (
            <IconVolume size={18} stroke={1.75} />
          )
        }
        onClick={() => (speaker.isSpeaking ? speaker.stop() : void speak({ byItself: false }))}
      >
        {t(speaker.isSpeaking ? "voice.stopSpeaking" : "voice.hearQuestion")}
      </Button>
      <Switch
        label={t("voice.autoSpeak")}
        checked={isAuto}
        onChange={(event) => choose(event.currentTarget.checked)}
      />
      <Text size="sm" c="dimmed" role="status">
        {speaker.isSilent ? t("voice.notSpoken") : ""}
      </Text>
    </Group>
  );
}
