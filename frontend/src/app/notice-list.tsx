import { Notifications } from "@mantine/notifications";

export default function NoticeList() {
  return <Notifications position="top-center" autoClose={5000} />;
}
