import { useTranslation } from "react-i18next";
import type { ResumeStatus } from "@/api";
import { StatusBadge, type StatusTone } from "@/components/status-badge";

const TONES: Record<ResumeStatus, StatusTone> = {
  pending: "waiting",
  running: "running",
  ready: "done",
  failed: "failed",
};

export function ResumeStatusBadge({ status }: { status: ResumeStatus }) {
  const { t } = useTranslation();
  return <StatusBadge tone={TONES[status]} label={t(`resume.status.${status}`)} />;
}
