import { Button, Group, Stack, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled, IconPointFilled } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { InterviewDetail, Question } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { errorText } from "@/i18n/error-text";
import { ApiError } from "@/lib/api-error";
import { LevelMeter } from "./level-meter";
import { transcriptQuery } from "./speech-queries";
import { useRecorder } from "./use-recorder";
import styles from "./voice.module.css";
import { useVoice } from "./voice-context";

type Props = { interview: InterviewDetail; question: Question; onType: () => void };

/** Where no live connection comes about: try again, record and send, or write. */
export function NoLink({ interview, question, onType }: Props) {
  const { t } = useTranslation();
  const { link, devices, session } = useVoice();
  const queryClient = useQueryClient();
  const recorder = useRecorder(devices.stream, interview.id, question.id, () => {
    void queryClient.invalidateQueries({ queryKey: transcriptQuery(interview.id, question.id).queryKey });
  });
  const isRecording = recorder.state === "recording";
  return (
    <Stack gap="md">
      <ErrorAlert
        title={t("voice.noLinkTitle")}
        text={`${errorText(new ApiError(link.failure ?? "SERVER_AWAY", 0))} ${t("voice.noLinkText")}`}
        onRetry={isRecording ? undefined : () => session.reconnect()}
      />
      {recorder.error !== null && (
        <ErrorAlert
          title={t("voice.uploadFailed")}
          error={recorder.error}
          onRetry={recorder.canResend ? () => void recorder.resend() : undefined}
        />
      )}
      <Group gap="md">
        <Button
          size="lg"
          radius="xl"
          variant={isRecording ? "outline" : "filled"}
          loading={recorder.state === "sending"}
          leftSection={
            isRecording ? <IconPlayerStopFilled size={22} /> : <IconMicrophone size={22} stroke={1.75} />
          }
          onClick={() => void (isRecording ? recorder.stop() : recorder.start())}
        >
          {t(isRecording ? "voice.stopAndSend" : "voice.record")}
        </Button>
        {isRecording && <LevelMeter />}
        <Button variant="subtle" color="gray" onClick={onType}>
          {t("voice.typeInstead")}
        </Button>
      </Group>
      {isRecording && (
        <Text size="sm" c="dimmed" className={styles.recording} role="status">
          <IconPointFilled size={18} className={styles.red} aria-hidden />
          {t(interview.consents.recording ? "voice.audioKept" : "voice.audioDeleted")}
        </Text>
      )}
    </Stack>
  );
}
