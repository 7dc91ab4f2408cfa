import type { StreamEvent } from "@/api/core/serverSentEvents.gen";

export type StreamState = "connecting" | "live" | "reconnecting" | "closed";

/** What the generated client's stream operations take for one connection. */
export type StreamOptions = {
  signal: AbortSignal;
  fetch: typeof fetch;
  headers: Record<string, string>;
  sseMaxRetryAttempts: number;
  onSseEvent: (event: StreamEvent) => void;
};

export type OpenStream = (options: StreamOptions) => Promise<{ stream: AsyncGenerator<unknown> }>;

export type Follower = {
  onEvent: (event: string, data: unknown) => void;
  onState: (state: StreamState) => void;
  signal: AbortSignal;
  /** The transport below; a test passes its own. */
  fetch: typeof fetch;
};

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
// The server sends a comment every 15 s; three missing ones mean that nobody is there any more.
const SILENCE_MS = 45_000;
const FINAL_STATUSES = [401, 403, 404, 422];

/**
 * Follow a stream until the signal aborts: reconnects with Last-Event-ID and growing pauses, at once when the
 * network returns, and gives up only where the server says that there is nothing to follow.
 */
export async function followEvents(open: OpenStream, follower: Follower): Promise<void> {
  let lastEventId: string | undefined;
  let failures = 0;
  follower.onState("connecting");
  while (!follower.signal.aborted) {
    const status = await followOnce(open, follower, lastEventId, (event) => {
      failures = 0;
      lastEventId = event.id ?? lastEventId;
    });
    if (follower.signal.aborted) return;
    if (FINAL_STATUSES.includes(status)) return follower.onState("closed");
    follower.onState("reconnecting");
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS), follower.signal);
  }
}

async function followOnce(
  open: OpenStream,
  follower: Follower,
  lastEventId: string | undefined,
  onArrival: (event: StreamEvent) => void,
): Promise<number> {
  const connection = new AbortController();
  const end = () => connection.abort();
  let watchdog = setTimeout(end, SILENCE_MS);
  let status = 0;
  follower.signal.addEventListener("abort", end);
  window.addEventListener("offline", end);
  try {
    const { stream } = await open({
      signal: connection.signal,
      headers: lastEventId ? { "Last-Event-ID": lastEventId } : {},
      sseMaxRetryAttempts: 1,
      fetch: async (input, init) => {
        const response = await follower.fetch(input, init);
        status = response.status;
        return response;
      },
      onSseEvent: (event) => {
        clearTimeout(watchdog);
        watchdog = setTimeout(end, SILENCE_MS);
        onArrival(event);
        follower.onState("live");
        if (event.event) follower.onEvent(event.event, event.data);
      },
    });
    for await (const _ of stream) {
      // Events are taken by onSseEvent, which also knows their names.
    }
  } catch {
    // A broken connection is the normal end of one; the caller connects again.
  } finally {
    clearTimeout(watchdog);
    follower.signal.removeEventListener("abort", end);
    window.removeEventListener("offline", end);
  }
  return status;
}

/** Wait, but not longer than until the network returns or the page leaves. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
