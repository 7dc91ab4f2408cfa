import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { PageTitle } from "@/components/page-title";
import { interviewQuery } from "@/features/room/interview-query";
import { CameraCheck } from "./camera-check";
import { ConnectionCheck } from "./connection-check";
import { MicrophoneCheck } from "./microphone-check";
import { SpeakerCheck } from "./speaker-check";
import { useDevices } from "./use-devices";

/** Camera, microphone, speaker and connection, each with its result in words and a way on where it fails. */
export function DeviceCheckPage() {
  const { t } = useTranslation();
  const interviewId = useSearchParams()[0].get("interview");
  const { data: interview } = useQuery({
    ...interviewQuery(interviewId ?? ""),
    enabled: interviewId !== null,
  });
  const { devices, hasAsked, open, addCamera } = useDevices();
  const usesCamera = interview?.accommodations.no_camera !== true;

  return (
    <Stack gap="xl" maw={760} mx="auto">
      <div>
        <PageTitle title={t("devices.title")} />
        <Text c="dimmed" mt={6}>
          {t("devices.lead")}
        </Text>
      </div>
      {!devices.stream && (
        <div>
          <Group gap="sm">
            {usesCamera && (
              <Button size="md" onClick={() => void open(true)}>
                {t("devices.start")}
              </Button>
            )}
            <Button size="md" variant={usesCamera ? "default" : "filled"} onClick={() => void open(false)}>
              {t("devices.startVoiceOnly")}
            </Button>
          </Group>
          <Text size="sm" c="dimmed" mt="sm">
            {t("devices.startHint")}
          </Text>
        </div>
      )}
      {hasAsked && (
        <>
          {usesCamera && <CameraCheck devices={devices} onTry={() => void addCamera()} />}
          <MicrophoneCheck devices={devices} interview={interview} />
        </>
      )}
      <SpeakerCheck />
      <ConnectionCheck stream={devices.stream} interviewId={interviewId} />
      <Group>
        <Button
          component={Link}
          to={interviewId ? `/interviews/${interviewId}` : "/interviews/new"}
          variant={devices.stream ? "filled" : "default"}
          size="md"
        >
          {t(interviewId ? "devices.back" : "devices.backToSetUp")}
        </Button>
      </Group>
    </Stack>
  );
}
