import { useEffect, useState } from "react";
import { ApiError } from "@/lib/api-error";

const DEFAULT_LOCK_S = 60;

/** Seconds until the server listens again after "too many attempts"; 0 when it does. */
export function useLock(error: unknown): number {
  const [secondsLeft, setSecondsLeft] = useState(0);
  useEffect(() => {
    if (!(error instanceof ApiError) || error.status !== 429) return setSecondsLeft(0);
    const until = Date.now() + (error.retryAfterS ?? DEFAULT_LOCK_S) * 1000;
    const count = () => setSecondsLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    count();
    const timer = setInterval(count, 1000);
    return () => clearInterval(timer);
  }, [error]);
  return secondsLeft;
}
