import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";
import { MantineThemeProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";

export default function NoticeList() {
  const { t } = useTranslation();
  const Notification = { defaultProps: { closeButtonProps: { "aria-label": t("common.close") } } };
  return (
    <MantineThemeProvider theme={{ components: { Notification } }} inherit>
      <Notifications position="top-center" autoClose={5000} />
    </MantineThemeProvider>
  );
}
