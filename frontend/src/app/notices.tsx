import { useNotifications } from "@mantine/notifications";
import { lazy, Suspense } from "react";

const NoticeList = lazy(() => import("./notice-list"));

/** What is said for some seconds; loaded with the first of it. */
export function Notices() {
  const { notifications, queue } = useNotifications();
  if (notifications.length + queue.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <NoticeList />
    </Suspense>
  );
}
