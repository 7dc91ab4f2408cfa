import { useEffect, useRef } from "react";

/** Call `look` every so often while there is something to look for. */
export function usePolling(isEnabled: boolean, everyMs: number, look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  useEffect(() => {
    if (!isEnabled) return;
    const timer = setInterval(() => latest.current(), everyMs);
    return () => clearInterval(timer);
  }, [isEnabled, everyMs]);
}
