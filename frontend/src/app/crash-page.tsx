import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { MessagePage } from "@/components/message-page";
import { NotFoundPage } from "./not-found-page";

/** Shown in place of a page that threw. */
export function CrashPage() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  return (
    <MessagePage title={t("crash.title")} text={t("crash.text")}>
      <Button onClick={() => window.location.reload()}>{t("crash.action")}</Button>
    </MessagePage>
  );
}
