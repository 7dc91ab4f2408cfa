import { type ComponentType, useEffect, useState } from "react";

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>;

/** By then what the page itself needs is there. */
const REST_MS = 3_000;

/**
 * A component that no first visit waits for: fetched once the page has come to rest, so that it is there when the
 * network is not, or at once where it is needed before. Null until it is here.
 */
export function useLater<Props>(load: Load<Props>, isNeeded: boolean): ComponentType<Props> | null {
  const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    if (Loaded) return;
    const fetchNow = () => {
      void load().then(
        (module) => setLoaded(() => module.default),
        // Tried again when it is asked for the next time.
        () => undefined,
      );
    };
    if (isNeeded) return fetchNow();
    const timer = setTimeout(fetchNow, REST_MS);
    return () => clearTimeout(timer);
  }, [Loaded, isNeeded, load]);
  return Loaded;
}
