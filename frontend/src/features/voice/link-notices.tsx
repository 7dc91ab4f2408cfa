import { useTranslation } from "react-i18next";
import { NoticeAlert } from "@/components/notice-alert";
import type { Link } from "./link-state";
import styles from "./voice.module.css";

/** What the candidate should know about connection and pictures; nothing while all is well. */
export function LinkNotices({ link }: { link: Link }) {
  const { t } = useTranslation();
  const texts: string[] = [];
  if (link.state === "ready") {
    if (link.answer?.wasCut) texts.push(t("voice.wasCut"));
    if (link.hasGaps) texts.push(t("voice.notice.audio_gaps"));
    if (link.isServerBusy) texts.push(t("voice.notice.server_busy"));
    if (link.video === "video_reduced") texts.push(t("voice.notice.video_reduced"));
    if (link.video === "video_key_frames") texts.push(t("voice.notice.video_key_frames"));
    if (link.video === "video_off") texts.push(t("voice.notice.video_off"));
  }
  return (
    <div role="status" className={styles.notices}>
      {texts.length > 0 && <NoticeAlert text={texts.join(" ")} />}
    </div>
  );
}
