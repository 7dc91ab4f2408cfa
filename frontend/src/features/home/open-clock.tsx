import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { timeLeftText } from "@/features/room/clock";
import { interviewQuery } from "@/features/room/interview-query";

const LOOK_AGAIN_MS = 30_000;

/** How much time an interview that has begun still has, and whether it runs. */
export function OpenClock({ interviewId }: { interviewId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery({ ...interviewQuery(interviewId), refetchInterval: LOOK_AGAIN_MS });
  if (!data) return null;
  const { clock } = data;
  const state = clock.is_paused ? "paused" : clock.is_running ? "running" : "waiting";
  return (
    <Text c="dimmed" className="figures">
      {t(`home.next.continue.${state}`, { time: timeLeftText(clock.left_s, t) })}
    </Text>
  );
}
