import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { VideoView } from "@/features/voice/own-video";
import type { Devices } from "@/lib/user-media";
import { CheckCard } from "./check-card";
import styles from "./devices.module.css";

type Props = { devices: Devices; onTry: () => void };

export function CameraCheck({ devices: { camera, stream }, onTry }: Props) {
  const { t } = useTranslation();
  if (camera === "on" && stream) {
    return (
      <CheckCard title={t("devices.camera")} state="good" result={t("devices.cameraOk")}>
        <div className={styles.video}>
          <VideoView stream={stream} label={t("voice.ownVideo")} />
        </div>
      </CheckCard>
    );
  }
  const isOff = camera === "off" || camera === "on";
  const result = isOff
    ? t("devices.cameraOff")
    : t("devices.cameraProblem", { why: t(`voice.cameraProblem.${camera}`) });
  return (
    <CheckCard title={t("devices.camera")} state={isOff ? "open" : "bad"} result={result}>
      <Button variant="default" size="sm" mt="sm" onClick={onTry}>
        {t("devices.tryCamera")}
      </Button>
    </CheckCard>
  );
}
