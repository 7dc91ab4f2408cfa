import { useEffect, useRef, useState } from "react";
import { authorizedFetch } from "@/lib/session";
import { followEvents, type OpenStream, type StreamState } from "@/lib/sse";

type Options = {
  /** Names what is followed; another key opens another stream. */
  streamKey: string;
  open: OpenStream;
  onEvent: (event: string, data: unknown) => void;
  isEnabled: boolean;
};

/** Follow a stream while the component is on the page. */
export function useEventStream({ streamKey, open, onEvent, isEnabled }: Options): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const latest = useRef({ open, onEvent });
  latest.current = { open, onEvent };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what the callbacks close over
  useEffect(() => {
    if (!isEnabled) return;
    const leaving = new AbortController();
    void followEvents((options) => latest.current.open(options), {
      onEvent: (event, data) => latest.current.onEvent(event, data),
      onState: setState,
      signal: leaving.signal,
      fetch: authorizedFetch,
    });
    return () => leaving.abort();
  }, [streamKey, isEnabled]);

  return isEnabled ? state : "closed";
}
