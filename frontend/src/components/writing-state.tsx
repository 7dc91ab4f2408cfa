import { Button, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { WritingStatus } from "@/api";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { Card } from "./card";
import { ErrorAlert } from "./error-alert";
import { ThinBar } from "./thin-bar";

type Written = { id: string; status: WritingStatus; percent: number; error_code: string | null };

type Props = {
  written: Written;
  runningTitle: string;
  failedTitle: string;
  isRetrying: boolean;
  onRetry: () => void;
  /** What else is known while it is being written. */
  children?: ReactNode;
};

const EXPLAIN_S = 10;
const VERY_LONG_S = 60;

export function isBeingWritten(written: { status: WritingStatus } | undefined): boolean {
  return written?.status === "pending" || written?.status === "running";
}

/** What is being done about something that a worker writes; nothing once it is there. */
export function WritingState({ written, runningTitle, failedTitle, isRetrying, onRetry, children }: Props) {
  const { t } = useTranslation();
  const elapsed = useElapsedSeconds(isBeingWritten(written), written.id);
  if (written.status === "failed") {
    const isLost = written.error_code === "resume_deleted";
    return (
      <ErrorAlert title={failedTitle} text={t(`writing.failure.${reasonOf(written.error_code)}`)}>
        {!isLost && (
          <Button size="compact-md" loading={isRetrying} onClick={onRetry}>
            {t("writing.retry")}
          </Button>
        )}
      </ErrorAlert>
    );
  }
  if (!isBeingWritten(written)) return null;
  const title = written.status === "pending" ? t("writing.pending") : runningTitle;
  return (
    <Card>
      <Stack gap="sm">
        <Text fw={600} size="lg" role="status">
          {title}
        </Text>
        <ThinBar percent={written.percent} label={title} />
        <Text size="sm" c="dimmed" className="figures">
          {t("writing.progress", { percent: written.percent })} {elapsed >= EXPLAIN_S && t("writing.long")}{" "}
          {elapsed >= VERY_LONG_S && t("writing.veryLong")}
        </Text>
        {children}
      </Stack>
    </Card>
  );
}

function reasonOf(code: string | null): "expired" | "resume_deleted" | "internal" {
  return code === "expired" || code === "resume_deleted" ? code : "internal";
}
