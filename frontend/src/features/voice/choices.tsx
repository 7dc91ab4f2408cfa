import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ReviewProps } from "./spoken";
import { useVoice } from "./voice-context";

/** Speak again, or write instead. */
export function Choices({ onAgain, onType, transcript, isSending }: ReviewProps) {
  const { t } = useTranslation();
  const { link, session } = useVoice();
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={18} stroke={1.75} />}
        disabled={isSending || link.state === "connecting" || link.state === "reconnecting"}
        onClick={link.state === "ready" ? onAgain : () => void session.open({ pictures: false })}
      >
        {t(link.state === "ready" ? "voice.again" : "voice.turnOnAgain")}
      </Button>
      <Button variant="subtle" color="gray" disabled={isSending} onClick={() => onType(transcript.text)}>
        {t("voice.typeInstead")}
      </Button>
    </>
  );
}
