import { useEffect, useState } from "react";

/** Seconds since `isRunning` became true for this key; 0 while it is false. */
export function useElapsedSeconds(isRunning: boolean, key: string | number): number {
  const [seconds, setSeconds] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another key starts the count again
  useEffect(() => {
    setSeconds(0);
    if (!isRunning) return;
    const started = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - started) / 1000)), 1000);
    return () => clearInterval(timer);
  }, [isRunning, key]);

  return seconds;
}
