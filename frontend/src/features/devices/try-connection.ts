import { createMediaTicket, readSystemStatus } from "@/api";
import { ApiError, unwrap } from "@/lib/api-error";
import { Peer } from "@/lib/webrtc";

export type Connection =
  | { kind: "good" | "slow" | "http"; ms: number }
  /** Only HTTP gets through; the error is the server's reason, where it gave one. */
  | { kind: "recordings"; error: ApiError | null }
  | { kind: "none" };

/** Above this a conversation feels delayed. */
const SLOW_MS = 300;
const PINGS = 4;
const LIMIT_MS = 12_000;

/** Find out what gets through: live voice, only requests, or nothing. With live voice, silence is sent. */
export async function tryConnection(
  interviewId: string | null,
  stream: MediaStream | null,
): Promise<Connection> {
  const started = performance.now();
  try {
    await unwrap(readSystemStatus());
  } catch {
    return { kind: "none" };
  }
  const httpMs = Math.round(performance.now() - started);
  if (!interviewId || !stream) return { kind: "http", ms: httpMs };
  const silent = new MediaStream(stream.getAudioTracks().map((track) => track.clone()));
  for (const track of silent.getTracks()) track.enabled = false;
  try {
    const ms = await measurePeer(interviewId, silent);
    return { kind: ms > SLOW_MS ? "slow" : "good", ms };
  } catch (error) {
    return { kind: "recordings", error: error instanceof ApiError ? error : null };
  } finally {
    for (const track of silent.getTracks()) track.stop();
  }
}

async function measurePeer(interviewId: string, stream: MediaStream): Promise<number> {
  const ticket = await unwrap(createMediaTicket({ path: { interview_id: interviewId } }));
  const times: number[] = [];
  let end: (isDone: boolean) => void = () => undefined;
  const done = new Promise<boolean>((resolve) => {
    end = resolve;
  });
  const peer = new Peer(ticket, stream, {
    onMessage: (message) => {
      if (message.type === "pong") times.push(performance.now() - message.at);
      if (times.length >= PINGS) end(true);
    },
    onLost: () => end(false),
  });
  const limit = setTimeout(() => end(false), LIMIT_MS);
  try {
    await peer.connect(ticket);
    if (!(await done)) throw new Error("no way for media");
    return Math.round([...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0);
  } finally {
    clearTimeout(limit);
    peer.close();
  }
}
