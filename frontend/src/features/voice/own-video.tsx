import { Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { useConsents } from "./use-consents";
import styles from "./voice.module.css";
import { useVoice } from "./voice-context";

/** The candidate's own picture, small, and what is done with it. */
export function OwnVideo({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const { devices, link } = useVoice();
  const { usesCamera } = useConsents(interview);
  if (devices.camera !== "on" || !devices.stream) {
    const problem = devices.camera === "off" || devices.camera === "on" ? null : devices.camera;
    if (link.state === "off" || !problem) return null;
    return (
      <Text size="sm" c="dimmed">
        {t("voice.noCamera", { why: t(`voice.cameraProblem.${problem}`) })}
      </Text>
    );
  }
  return (
    <figure className={styles.own}>
      <VideoView stream={devices.stream} label={t("voice.ownVideo")} />
      <Text component="figcaption" size="xs" c="dimmed">
        {t(usesCamera && link.video !== "video_off" ? "voice.pictureUsed" : "voice.pictureUnused")}
      </Text>
    </figure>
  );
}

export function VideoView({ stream, label }: { stream: MediaStream; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  return <video ref={video} className={styles.video} aria-label={label} muted autoPlay playsInline />;
}
