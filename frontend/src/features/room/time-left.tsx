import { Group, Text } from "@mantine/core";
import { IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { InterviewDetail } from "@/api";
import { NoticeAlert } from "@/components/notice-alert";
import { ThinBar } from "@/components/thin-bar";
import { timeLeftText, useTimeLeft, warningOf } from "./clock";

/** The time left as a hairline and in words that only change by the minute. */
export function TimeLeft({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const { clock } = interview;
  const { leftS, isThinking } = useTimeLeft(clock);
  const isStill = clock.is_paused || isThinking;
  const Icon = isStill ? IconPlayerPause : IconClock;
  const words = timeLeftText(leftS, t);
  return (
    <div>
      <ThinBar
        percent={(100 * leftS) / Math.max(1, clock.limit_s)}
        label={t("room.time.label")}
        text={words}
      />
      <Group gap={6} mt={6} c="dimmed" wrap="nowrap">
        <Icon size={15} stroke={1.75} aria-hidden />
        <Text size="sm" className="figures">
          {isStill ? `${words} · ${t("room.time.still")}` : words}
        </Text>
      </Group>
    </div>
  );
}

/** Says once, in words, that the time is getting short. */
export function TimeNotice({ interview }: { interview: InterviewDetail }) {
  const { t } = useTranslation();
  const { clock } = interview;
  const { leftS } = useTimeLeft(clock);
  const isMoving = clock.is_running || clock.resumes_at !== null;
  const warning = isMoving ? warningOf(leftS, clock.limit_s) : null;
  // The region is there from the start: a live region that appears together with its text is not read out.
  return (
    <div role="status">
      {warning && <NoticeAlert needsYou={warning !== "soon"} text={t(`room.time.warning.${warning}`)} />}
    </div>
  );
}
