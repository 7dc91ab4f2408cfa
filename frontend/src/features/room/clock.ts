import type { TFunction } from "i18next";
import { useEffect, useRef, useState } from "react";
import type { Clock } from "@/api";

export type TimeWarning = "soon" | "last" | "over";

const TICK_MS = 1000;
const SOON_S = 300;
const LAST_S = 60;
/** An interview that is hardly longer than the warning gets none as it begins. */
const LEAST_FOR_SOON_S = 600;

/**
 * How much time is left, between two looks at the server's clock.
 *
 * Only the time since a clock arrived is counted here, so a wrong clock on this device changes nothing.
 */
export function useTimeLeft(clock: Clock): { leftS: number; isThinking: boolean } {
  const arrival = useRef({ clock, at: performance.now() });
  if (arrival.current.clock !== clock) arrival.current = { clock, at: performance.now() };
  const isMoving = clock.is_running || clock.resumes_at !== null;
  const [, tick] = useState(0);

  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [isMoving]);

  const sinceS = isMoving ? (performance.now() - arrival.current.at) / 1000 : 0;
  const stillS = thinkingS(clock);
  return { leftS: clock.left_s - Math.max(0, sinceS - stillS), isThinking: stillS > sinceS };
}

/** For how long after it was read a clock stands still for a moment to think. */
function thinkingS({ resumes_at: until, at }: Clock): number {
  return until === null ? 0 : Math.max(0, (Date.parse(until) - Date.parse(at)) / 1000);
}

export function warningOf(leftS: number, limitS: number): TimeWarning | null {
  if (leftS <= 0) return "over";
  if (leftS <= LAST_S) return "last";
  return leftS <= SOON_S && limitS >= LEAST_FOR_SOON_S ? "soon" : null;
}

/** The time left as somebody would say it: whole minutes, never seconds. */
export function timeLeftText(leftS: number, t: TFunction): string {
  if (leftS <= 0) return t("room.time.over");
  if (leftS < LAST_S) return t("room.time.lessThanMinute");
  return t("room.time.left", { count: Math.ceil(leftS / LAST_S) });
}
