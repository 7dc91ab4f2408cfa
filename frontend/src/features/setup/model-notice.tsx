import { useTranslation } from "react-i18next";
import type { SystemStatus } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";

/** Who will ask and judge, said before the interview starts. */
export function ModelNotice({ status }: { status: SystemStatus }) {
  const { t } = useTranslation();
  const { model_state: state, model_name: name, model_location: location } = status;
  const sent = location === "remote" ? ` ${t("setup.model.remote")}` : "";
  if (state === "ready") {
    const who = name ? t("setup.model.readyNamed", { name }) : t("setup.model.ready");
    return <NoticeAlert text={`${who}${sent}`} />;
  }
  if (state === "not_loaded") return <NoticeAlert text={`${t("setup.model.not_loaded")}${sent}`} />;
  return (
    <NoticeAlert
      needsYou
      title={t("setup.model.title")}
      text={`${t(`setup.model.${state}`)} ${t("setup.model.fallback")}`}
    />
  );
}
