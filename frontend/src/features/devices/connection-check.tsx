import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { errorText } from "@/i18n/error-text";
import { CheckCard } from "./check-card";
import { type Connection, tryConnection } from "./try-connection";

type Props = { stream: MediaStream | null; interviewId: string | null };

export function ConnectionCheck({ stream, interviewId }: Props) {
  const { t } = useTranslation();
  const test = useMutation({ mutationFn: () => tryConnection(interviewId, stream) });
  const needsMicrophone = interviewId !== null && !stream;
  const result = test.data;
  return (
    <CheckCard
      title={t("devices.connection")}
      state={
        !result || test.isPending ? "open" : result.kind === "good" || result.kind === "http" ? "good" : "bad"
      }
      result={textOf()}
    >
      <Button
        variant="default"
        size="sm"
        mt="sm"
        loading={test.isPending}
        disabled={needsMicrophone}
        onClick={() => test.mutate()}
      >
        {t("devices.connectionTest")}
      </Button>
    </CheckCard>
  );

  function textOf(): string {
    if (test.isPending) return t("devices.connectionRunning");
    if (!result) return t(needsMicrophone ? "devices.connectionNeedsMicrophone" : "devices.connectionTry");
    return wordsOf(result);
  }

  function wordsOf(found: Connection): string {
    switch (found.kind) {
      case "good":
        return t("devices.connectionGood", { ms: found.ms });
      case "slow":
        return t("devices.connectionSlow", { ms: found.ms });
      case "http":
        return t("devices.connectionHttp", { ms: found.ms });
      case "recordings":
        return t("devices.connectionRecordings", { why: found.error ? errorText(found.error) : "" });
      default:
        return t("devices.connectionNone");
    }
  }
}
