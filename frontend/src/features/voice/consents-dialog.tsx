import { Button, Group, Modal, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ConsentPurpose, type InterviewDetail, listConsents } from "@/api";
import { ErrorAlert } from "@/components/error-alert";
import { currentLanguage } from "@/i18n";
import { unwrap } from "@/lib/api-error";
import { formatDateTime } from "@/lib/format";
import { useConsents } from "./use-consents";

type Props = { interview: InterviewDetail; isOpen: boolean; onClose: () => void };

/** Loaded after the room. */
export default function ConsentsDialog({ interview, isOpen, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened={isOpen} onClose={onClose} centered size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body p="xl">
          <Modal.Title fw={650} fz={19} mb={4}>
            {t("voice.consent.title")}
          </Modal.Title>
          <ConsentSwitches interview={interview} />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={onClose} data-autofocus>
              {t("voice.consent.close")}
            </Button>
          </Group>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function ConsentSwitches({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const { change, chosen, isChanging, error, offersEmotion } = useConsents(interview);
  const [said, setSaid] = useState("");
  const history = useQuery({
    queryKey: ["consents", interview.id, interview.consents],
    queryFn: () => unwrap(listConsents({ path: { interview_id: interview.id } })),
  });
  const purposes: ConsentPurpose[] = ["transcription", "recording", "scoring"];
  if (offersEmotion || chosen.emotion) purposes.push("emotion");

  const toggle = async (purpose: ConsentPurpose, isGranted: boolean) => {
    setSaid("");
    // A recording cannot be kept of what is not listened to.
    const withRecording = purpose === "transcription" && !isGranted ? { recording: false } : {};
    if (await change({ [purpose]: isGranted, ...withRecording }))
      setSaid(t(isGranted ? "voice.consent.granted" : `voice.consent.withdrawn.${purpose}`));
  };
  return (
    <Stack gap="md">
      <Text c="dimmed" size="sm">
        {t("voice.consent.lead")}
      </Text>
      {purposes.map((purpose) => {
        const last = history.data?.find((decision) => decision.purpose === purpose);
        return (
          <div key={purpose}>
            <Switch
              size="md"
              label={t(`voice.consent.${purpose}`)}
              description={t(`voice.consent.${purpose}Text`)}
              checked={chosen[purpose]}
              disabled={isChanging || (purpose === "recording" && !chosen.transcription)}
              onChange={(event) => void toggle(purpose, event.currentTarget.checked)}
            />
            {last && (
              <Text size="xs" c="dimmed" mt={4} pl={58} className="figures">
                {t("voice.consent.version", {
                  version: last.text_version,
                  at: formatDateTime(last.at, currentLanguage()),
                })}
              </Text>
            )}
          </div>
        );
      })}
      <div role="status">{said && <Text size="sm">{said}</Text>}</div>
      {error && <ErrorAlert title={t("voice.consent.failed")} error={error} />}
    </Stack>
  );
}
