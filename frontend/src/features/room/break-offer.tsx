import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { NoticeAlert } from "@/components/notice-alert";

type Props = { isPausing: boolean; onPause: () => void };

/** Between two topics, for those who asked for breaks. */
export function BreakOffer({ isPausing, onPause }: Props) {
  const { t } = useTranslation();
  const [isDeclined, setIsDeclined] = useState(false);
  if (isDeclined) return null;
  return (
    <NoticeAlert title={t("room.breakTitle")} text={t("room.breakText")}>
      <Button size="compact-sm" variant="default" loading={isPausing} onClick={onPause}>
        {t("room.breakTake")}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => setIsDeclined(true)}>
        {t("room.keepGoing")}
      </Button>
    </NoticeAlert>
  );
}
