import { useNotifications } from "@mantine/notifications";
import { useLater } from "@/lib/use-later";

const load = () => import("./notice-list");

/** What is said for some seconds; loaded after the page, so that it can also be said offline. */
export function Notices() {
  const { notifications, queue } = useNotifications();
  const List = useLater(load, notifications.length + queue.length > 0);
  return List && <List />;
}
