import { Button, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Baseline, type InterviewDetail, setVoiceBaseline } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { baselineQuery } from "@/features/voice/speech-queries";
import { startRecording, stopRecording } from "@/features/voice/use-recorder";
import { currentLanguage } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import styles from "./devices.module.css";
import { SENTENCES } from "./sentences";

type Props = { stream: MediaStream; interview: InterviewDetail | undefined };

/** A sentence read aloud: with which the same speaker's answers are compared later, and nobody else's. */
export function ReadSentence({ stream, interview }: Props) {
  const { t } = useTranslation();
  return (
    <div>
      <Text fw={600} mt="md">
        {t("devices.sentenceLead")}
      </Text>
      <p className={styles.sentence} lang={interview?.language}>
        {SENTENCES[interview?.language ?? currentLanguage()]}
      </p>
      {interview?.consents.transcription === true ? (
        <Recording stream={stream} interview={interview} />
      ) : (
        <Text size="sm" c="dimmed">
          {t(interview ? "devices.sentenceNeedsConsent" : "devices.sentenceNoInterview")}
        </Text>
      )}
    </div>
  );
}

function Recording({ stream, interview }: { stream: MediaStream; interview: InterviewDetail }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const recorder = useRef<MediaRecorder | null>(null);
  const [isReading, setIsReading] = useState(false);
  const path = { interview_id: interview.id };
  const baseline = useQuery(baselineQuery(interview.id));
  const send = useMutation({
    mutationFn: (file: Blob) => unwrap(setVoiceBaseline({ path, body: { file } })),
    onSuccess: (made) => queryClient.setQueryData(baselineQuery(interview.id).queryKey, made),
  });
  useEffect(() => () => void (recorder.current?.state === "recording" && recorder.current.stop()), []);

  const press = async () => {
    if (!isReading) {
      recorder.current = startRecording(stream);
      return setIsReading(true);
    }
    setIsReading(false);
    if (recorder.current) send.mutate(await stopRecording(recorder.current));
  };
  return (
    <>
      <Button
        variant={isReading ? "outline" : "default"}
        loading={send.isPending}
        leftSection={
          isReading ? <IconPlayerStopFilled size={18} /> : <IconMicrophone size={18} stroke={1.75} />
        }
        onClick={() => void press()}
      >
        {t(isReading ? "devices.readDone" : "devices.read")}
      </Button>
      <Text size="sm" mt="sm" role="status">
        {baseline.data && !isReading && t(`devices.baseline.${stateOf(baseline.data)}`)}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {t("devices.sentenceWhy")}
      </Text>
      {send.error && <ErrorAlert title={t("devices.baseline.failed")} error={send.error} />}
    </>
  );
}

function stateOf({ state, has_rate }: Baseline) {
  return state === "done" && !has_rate ? "doneWithoutRate" : state;
}
