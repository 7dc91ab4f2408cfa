import { IconAlertTriangle, IconWifiOff } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "@/features/auth/use-session";
import { useSystemStatus } from "@/features/setup/use-system-status";
import { useOnline } from "@/lib/use-online";
import styles from "./layout.module.css";

/** One line about what does not work right now; nothing when all is well. */
export function ServiceNotice() {
  const { t } = useTranslation();
  const isOnline = useOnline();
  const isSignedIn = useSession() === "signed-in";
  const { data: status } = useSystemStatus(isSignedIn);
  return (
    <div role="status">
      {!isOnline && <NoticeLine icon={<IconWifiOff size={18} />} text={t("notice.offline")} />}
      {isOnline && isSignedIn && status?.cpu_worker_alive === false && (
        <NoticeLine icon={<IconAlertTriangle size={18} />} text={t("notice.workerAway")} />
      )}
    </div>
  );
}

function NoticeLine({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <div className={styles.notice}>
      <div className={styles.noticeInner}>
        {icon}
        <span>{text}</span>
      </div>
    </div>
  );
}
