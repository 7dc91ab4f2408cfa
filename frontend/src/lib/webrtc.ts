import type { MediaTicket } from "@/api";
import { unwrap } from "@/lib/api-error";

/** What the server of voices and pictures says over the channel `ctl`. */
export type ServerMessage =
  | { type: "ready"; epoch: number; may_transcribe: boolean; may_analyze_emotion: boolean }
  | { type: "speaking"; is_speaking: boolean; is_backchannel: boolean }
  | { type: "segment"; question_id: string; take: number; sequence: number }
  | { type: "pause"; silence_ms: number }
  | { type: "answer.ended"; question_id: string; take: number; last_sequence: number | null; reason: string }
  | { type: "barge_in" }
  | { type: "notice"; code: string }
  | { type: "pong"; at: number }
  | { type: "error"; code: string }
  | { type: "closing"; reason: string };

export type PageMessage =
  | { type: "answer.start"; question_id: string; take: number }
  | { type: "answer.end"; question_id: string }
  | { type: "moment"; seconds: number }
  | { type: "consent"; transcription: boolean; recording: boolean; emotion: boolean }
  | { type: "playing"; is_playing: boolean }
  | { type: "ping"; at: number };

export type PeerEvents = {
  onMessage: (message: ServerMessage) => void;
  /** Nothing more will come; once. */
  onLost: () => void;
};

const PING_MS = 1_000;
/** Nothing heard from the other side for so long means that the way is broken, though no event has said so. */
const SILENT_MS = 4_000;
const CONNECT_LIMIT_MS = 8_000;
const MAX_BITRATE = 400_000;

/** Frames a second on each rung of the ladder; null: no pictures are sent. */
const FRAME_RATES: Record<string, number | null> = {
  video_full: 15,
  video_reduced: 5,
  video_key_frames: 2,
  video_off: null,
};

/** One connection to the media server. It is never mended: after a loss the next one is opened, with a new ticket. */
export class Peer {
  private readonly connection: RTCPeerConnection;
  private readonly channel: RTCDataChannel;
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private heardAt = Date.now();
  private isClosed = false;
  private isReady = false;

  constructor(
    ticket: MediaTicket,
    stream: MediaStream,
    private readonly events: PeerEvents,
  ) {
    this.connection = new RTCPeerConnection({ iceServers: (ticket.ice_servers ?? []).map(toIceServer) });
    this.channel = this.connection.createDataChannel("ctl", { ordered: true });
    this.channel.onmessage = ({ data }) => this.hear(String(data));
    this.channel.onclose = this.lose;
    this.connection.oniceconnectionstatechange = () => {
      if (["disconnected", "failed", "closed"].includes(this.connection.iceConnectionState)) this.lose();
    };
    for (const track of stream.getTracks()) {
      this.connection.addTransceiver(track, {
        direction: "sendonly",
        streams: [stream],
        ...(track.kind === "video" && { sendEncodings: [{ maxBitrate: MAX_BITRATE, maxFramerate: 15 }] }),
      });
    }
    this.timers.push(setInterval(this.watch, PING_MS));
  }

  /**
   * Send the offer and take the answer. Candidates are not waited for: the server learns ours from our packets.
   *
   * @throws ApiError when the server refuses or does not answer.
   */
  async connect(ticket: MediaTicket): Promise<void> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const sdp = this.connection.localDescription?.sdp ?? "";
    const { type, sdp: answer } = await unwrap(postOffer(ticket, sdp));
    if (!this.isClosed) await this.connection.setRemoteDescription({ type, sdp: answer });
  }

  send(message: PageMessage): boolean {
    if (this.channel.readyState !== "open") return false;
    this.channel.send(JSON.stringify(message));
    return true;
  }

  /** Take a rung of the ladder at the source, where it costs least. */
  async limitVideo(code: string): Promise<void> {
    const frameRate = FRAME_RATES[code];
    if (frameRate === undefined) return;
    for (const sender of this.connection.getSenders()) {
      if (sender.track?.kind !== "video") continue;
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) {
        encoding.active = frameRate !== null;
        if (frameRate !== null) encoding.maxFramerate = frameRate;
      }
      await sender.setParameters(parameters);
    }
  }

  /** Send no pictures any more; the voice goes on. */
  async dropVideo(): Promise<void> {
    for (const sender of this.connection.getSenders()) {
      if (sender.track?.kind === "video") await sender.replaceTrack(null);
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const timer of this.timers) clearInterval(timer);
    this.channel.onclose = null;
    this.connection.oniceconnectionstatechange = null;
    this.connection.close();
  }

  private hear(data: string): void {
    const message = readMessage(data);
    if (!message || this.isClosed) return;
    this.heardAt = Date.now();
    if (message.type === "ready") this.isReady = true;
    this.events.onMessage(message);
  }

  private watch = () => {
    const limit = this.isReady ? SILENT_MS : CONNECT_LIMIT_MS;
    if (Date.now() - this.heardAt > limit) this.lose();
    else this.send({ type: "ping", at: performance.now() });
  };

  private lose = () => {
    if (this.isClosed) return;
    this.close();
    this.events.onLost();
  };
}

type Answer = { type: "answer"; sdp: string };

async function postOffer(ticket: MediaTicket, sdp: string) {
  const response = await fetch(ticket.offer_url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ticket: ticket.ticket, sdp }),
    signal: AbortSignal.timeout(CONNECT_LIMIT_MS),
  }).catch(() => undefined);
  const body: unknown = await response?.json().catch(() => undefined);
  return response?.ok ? { data: body as Answer, response } : { error: body ?? {}, response };
}

function toIceServer({ urls, username, credential }: NonNullable<MediaTicket["ice_servers"]>[number]) {
  return { urls, ...(username && { username }), ...(credential && { credential }) };
}

function readMessage(data: string): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === "object" && message !== null && "type" in message
      ? (message as ServerMessage)
      : null;
  } catch {
    return null;
  }
}
