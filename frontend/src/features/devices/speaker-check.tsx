import { Button, Group, Text } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CheckCard } from "./check-card";

const TONES_HZ = [523, 784];
const TONE_S = 0.35;

export function SpeakerCheck() {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<"untried" | "asked" | "yes" | "no">("untried");
  const play = async () => {
    await playTones();
    setAnswer("asked");
  };
  const state = answer === "yes" ? "good" : answer === "no" ? "bad" : "open";
  const results = {
    untried: "devices.speakerTry",
    asked: "devices.speakerAsk",
    yes: "devices.speakerOk",
    no: "devices.speakerBad",
  } as const;
  return (
    <CheckCard title={t("devices.speaker")} state={state} result={t(results[answer])}>
      <Group gap="sm" mt="sm">
        <Button
          variant="default"
          size="sm"
          leftSection={<IconVolume size={18} stroke={1.75} />}
          onClick={() => void play()}
        >
          {t("devices.speakerTest")}
        </Button>
        {answer === "asked" && (
          <>
            <Button size="sm" variant="default" onClick={() => setAnswer("yes")}>
              {t("devices.speakerYes")}
            </Button>
            <Button size="sm" variant="default" onClick={() => setAnswer("no")}>
              {t("devices.speakerNo")}
            </Button>
          </>
        )}
      </Group>
      {answer === "no" && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("voice.notSpoken")}
        </Text>
      )}
    </CheckCard>
  );
}

/** Two soft tones, made here so that no file is needed. */
async function playTones(): Promise<void> {
  const context = new AudioContext();
  const volume = context.createGain();
  volume.gain.value = 0.15;
  volume.connect(context.destination);
  TONES_HZ.forEach((frequency, index) => {
    const tone = context.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(volume);
    tone.start(context.currentTime + index * TONE_S * 1.4);
    tone.stop(context.currentTime + index * TONE_S * 1.4 + TONE_S);
  });
  await new Promise((resolve) => setTimeout(resolve, TONES_HZ.length * TONE_S * 1400));
  await context.close();
}
