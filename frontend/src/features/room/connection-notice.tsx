import { useTranslation } from "react-i18next";
import { NoticeAlert } from "@/components/notice-alert";
import type { StreamState } from "@/lib/sse";
import { useElapsedSeconds } from "@/lib/use-elapsed";
import { useOnline } from "@/lib/use-online";

type Props = { stream: StreamState; isDegraded: boolean; isOver: boolean };

// A connection that comes back at once is not worth a word.
const WORTH_SAYING_S = 2;

export function ConnectionNotice({ stream, isDegraded, isOver }: Props) {
  const { t } = useTranslation();
  const isOnline = useOnline();
  const isLost = stream === "reconnecting" && !isOver;
  const lostFor = useElapsedSeconds(isLost, stream);
  const text = textOf();
  // The region is there from the start: a live region that appears together with its text is not read out.
  return <div role="status">{text && <NoticeAlert needsYou text={text} />}</div>;

  function textOf(): string | null {
    // The page's own notice speaks when the browser has no network at all.
    if (isOver || !isOnline) return null;
    if (isLost && lostFor >= WORTH_SAYING_S) return t("room.reconnecting");
    return isDegraded ? t("room.degraded") : null;
  }
}
