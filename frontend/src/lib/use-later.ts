import { type ComponentType, useEffect, useState } from "react";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** By then what the page itself needs is there. */
const REST_MS = 3_000;

/**
 * A component that no first visit waits for: fetched once the page has come to rest, so that it is there when the
 * network is not, or at once where it is needed before. Null until it is here; what is needed is tried for until it comes.
 */
export function useLater<Props>(load: Load<Props>, isNeeded: boolean): ComponentType<Props> | null {
  const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    if (Loaded) return;
    let timer: ReturnType<typeof setTimeout>;
    let isGone = false;
    const fetchAfter = (pauseMs: number) => {
      timer = setTimeout(() => void load().then(keep, tryAgain), pauseMs);
    };
    const keep = (module: { default: ComponentType<Props> }) => setLoaded(() => module.default);
    const tryAgain = () => {
      if (isNeeded && !isGone) fetchAfter(REST_MS);
    };
    fetchAfter(isNeeded ? 0 : REST_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [Loaded, isNeeded, load]);
  return Loaded;
}
