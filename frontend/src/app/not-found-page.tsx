import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { MessagePage } from "@/components/message-page";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <MessagePage title={t("notFound.title")} text={t("notFound.text")}>
      <Button component={Link} to="/">
        {t("notFound.action")}
      </Button>
    </MessagePage>
  );
}
