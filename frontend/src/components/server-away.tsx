import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { refresh } from "@/lib/session";
import { MessagePage } from "./message-page";

const RETRY_MS = 5_000;

/** Shown while the server does not answer the very first request; keeps asking. */
export function ServerAway() {
  const { t } = useTranslation();
  useEffect(() => {
    const timer = setInterval(refresh, RETRY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <MessagePage title={t("auth.awayTitle")} text={t("auth.away")}>
      <Button onClick={() => refresh()}>{t("common.retry")}</Button>
    </MessagePage>
  );
}
