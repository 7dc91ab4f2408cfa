import { useTranslation } from "react-i18next";
import type { WritingStatus } from "@/api";
import { StatusBadge, type StatusTone } from "./status-badge";

const TONES: Record<WritingStatus, StatusTone> = {
  pending: "waiting",
  running: "running",
  ready: "done",
  failed: "failed",
};

export function WritingBadge({ status }: { status: WritingStatus }) {
  const { t } = useTranslation();
  return <StatusBadge tone={TONES[status]} label={t(`writing.status.${status}`)} />;
}
