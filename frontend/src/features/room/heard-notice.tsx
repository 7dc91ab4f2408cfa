import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import { timeLeftText } from "./clock";
import type { Heard } from "./use-turn-actions";

type Props = { heard: Heard | null; interview: InterviewDetail };

/** Says kindly what a wish, or words that were no answer, were understood as. */
export function HeardNotice({ heard, interview }: Props) {
  const { t } = useTranslation();
  return <div role="status">{heard && <NoticeAlert text={textOf(heard, interview, t)} />}</div>;
}

function textOf({ act, isGranted }: Heard, interview: InterviewDetail, t: TFunction): string {
  if (act === "time") return `${timeLeftText(interview.clock.left_s, t)}. ${t("room.heard.time")}`;
  if (!isGranted && (act === "hint" || act === "moment")) return t(`room.heard.${act}Used`);
  return t(`room.heard.${act}`);
}
