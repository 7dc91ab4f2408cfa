import { Group, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { LevelMeter } from "@/features/voice/level-meter";
import { SoundLevel } from "@/lib/sound-level";
import type { Devices } from "@/lib/user-media";
import { CheckCard } from "./check-card";
import { ReadSentence } from "./read-sentence";

type Props = { devices: Devices; interview: InterviewDetail | undefined };

/** A level that somebody's voice reaches and an empty room does not. */
const VOICE_LEVEL = 0.35;
const LOOK_MS = 100;

export function MicrophoneCheck({ devices: { microphone, stream }, interview }: Props) {
  const { t } = useTranslation();
  const { level, isHeard } = useLevel(stream);
  if (microphone !== "on" || !stream) {
    const problem = microphone === "on" || microphone === "off" ? "missing" : microphone;
    return <CheckCard title={t("devices.microphone")} state="bad" result={t(`voice.problem.${problem}`)} />;
  }
  const settings = stream.getAudioTracks()[0]?.getSettings() ?? {};
  const onOff = (isOn: unknown) => t(isOn === true ? "devices.on" : "devices.off");
  return (
    <CheckCard
      title={t("devices.microphone")}
      state={isHeard ? "good" : "open"}
      result={t(isHeard ? "devices.microphoneOk" : "devices.microphoneQuiet")}
    >
      <Group mt="sm">
        <LevelMeter read={() => level?.read() ?? 0} />
      </Group>
      <ReadSentence stream={stream} interview={interview} />
      <Text size="sm" c="dimmed" mt="sm">
        {t("devices.settings", {
          echo: onOff(settings.echoCancellation),
          gain: onOff(settings.autoGainControl),
        })}
      </Text>
    </CheckCard>
  );
}

function useLevel(stream: MediaStream | null) {
  const [level, setLevel] = useState<SoundLevel | null>(null);
  const [isHeard, setIsHeard] = useState(false);
  useEffect(() => {
    if (!stream || stream.getAudioTracks().length === 0) return;
    const made = new SoundLevel(stream);
    setLevel(made);
    const timer = setInterval(() => made.read() > VOICE_LEVEL && setIsHeard(true), LOOK_MS);
    return () => {
      clearInterval(timer);
      made.close();
      setLevel(null);
    };
  }, [stream]);
  return { level, isHeard };
}
