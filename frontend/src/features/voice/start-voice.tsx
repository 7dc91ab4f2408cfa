import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { IconMicrophone } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { InterviewDetail } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { NoticeAlert } from "@/components/notice-alert";
import { useConsents } from "./use-consents";
import { useVoice } from "./voice-context";

type Props = { interview: InterviewDetail; onType: () => void };

/** What happens with a voice, in plain words, before any microphone is on. */
export function StartVoice({ interview, onType }: Props) {
  const { t } = useTranslation();
  const { session, devices } = useVoice();
  const { change, isChanging, error, isUndecided, usesCamera } = useConsents(interview);
  const isAgreed = interview.consents.transcription === true;
  const [agrees, setAgrees] = useState(isAgreed);
  const [keeps, setKeeps] = useState(interview.consents.recording === true);
  const problem = devices.microphone !== "on" && devices.microphone !== "off" ? devices.microphone : null;

  const start = async () => {
    if (!isAgreed || keeps !== (interview.consents.recording === true)) {
      if (!(await change({ transcription: true, recording: keeps }))) return;
    }
    await session.open({ pictures: usesCamera });
  };
  return (
    <Stack gap="md">
      <Text>{t("voice.startLead")}</Text>
      {!isAgreed && (
        <Checkbox
          size="md"
          label={t("voice.consent.transcription")}
          description={t("voice.consent.transcriptionText")}
          checked={agrees}
          onChange={(event) => setAgrees(event.currentTarget.checked)}
        />
      )}
      <Checkbox
        size="md"
        label={t("voice.consent.recording")}
        description={t("voice.consent.recordingText")}
        checked={keeps}
        onChange={(event) => setKeeps(event.currentTarget.checked)}
      />
      {error && <ErrorAlert title={t("voice.consent.failed")} error={error} />}
      {problem && (
        <NoticeAlert needsYou title={t("voice.noMicrophone")} text={t(`voice.problem.${problem}`)}>
          <Button size="sm" variant="default" onClick={onType}>
            {t("voice.typeInstead")}
          </Button>
        </NoticeAlert>
      )}
      <Group gap="sm">
        <Button
          size="md"
          leftSection={<IconMicrophone size={20} stroke={1.75} />}
          disabled={!agrees}
          loading={isChanging || isUndecided}
          onClick={() => void start()}
        >
          {t(problem ? "voice.tryMicrophoneAgain" : "voice.turnOn")}
        </Button>
        <Button
          component={Link}
          to={`/device-check?interview=${interview.id}`}
          variant="subtle"
          color="gray"
          size="md"
        >
          {t("devices.link")}
        </Button>
      </Group>
    </Stack>
  );
}
