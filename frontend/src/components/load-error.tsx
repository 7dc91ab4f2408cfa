import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { errorText } from "@/i18n/error-text";
import { ApiError } from "@/lib/api-error";
import { MessagePage } from "./message-page";

type Props = { error: unknown; onRetry: () => void };

/** A page whose content could not be loaded: gone for good, or worth another try. */
export function LoadError({ error, onRetry }: Props) {
  const { t } = useTranslation();
  // A malformed id in the address is as absent as an unknown one.
  const isAbsent = error instanceof ApiError && (error.status === 404 || error.status === 422);
  if (isAbsent) {
    const text = error.status === 404 ? errorText(error) : t("notFound.text");
    return (
      <MessagePage title={t("notFound.title")} text={text}>
        <Button component={Link} to="/home">
          {t("nav.home")}
        </Button>
      </MessagePage>
    );
  }
  return (
    <MessagePage title={t("error.title")} text={errorText(error)}>
      <Button onClick={() => onRetry()}>{t("common.retry")}</Button>
    </MessagePage>
  );
}
