import { createMediaTicket } from "@/api";
import { errorCode, unwrap } from "@/lib/api-error";
import { SoundLevel } from "@/lib/sound-level";
import { type Devices, openCamera, openDevices, stopStream } from "@/lib/user-media";
import { Peer, type ServerMessage } from "@/lib/webrtc";
import { type Link, type LinkEvent, nextLink, OFF, pauseBeforeTry } from "./link-state";

export type VoiceSnapshot = { link: Link; devices: Devices };

export type Permissions = { transcription: boolean; recording: boolean; emotion: boolean };

const TICKET_LIMIT_MS = 5_000;
const NO_DEVICES: Devices = { stream: null, camera: "off", microphone: "off" };

/**
 * Microphone, camera and connection of one interview, from the first answer by voice until the room is left.
 *
 * What to do is decided in `link-state`; here it is done. Only while an answer is spoken, or a question is, does
 * sound leave this computer.
 */
export class VoiceSession {
  private snapshot: VoiceSnapshot = { link: OFF, devices: NO_DEVICES };
  private readonly listeners = new Set<() => void>();
  private readonly messageListeners = new Set<(message: ServerMessage) => void>();
  private peer: Peer | null = null;
  private sent: MediaStream | null = null;
  private level: SoundLevel | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private epoch: number | null = null;
  private isPlaying = false;
  private sendsPictures = false;
  /** Whether the candidate is writing for a while, having spoken before. */
  private isResting = false;

  constructor(private readonly interviewId: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getSnapshot = (): VoiceSnapshot => this.snapshot;

  onMessage(listener: (message: ServerMessage) => void): () => void {
    this.messageListeners.add(listener);
    return () => this.messageListeners.delete(listener);
  }

  /** Ask for the devices and connect. `pictures` says whether the camera's are sent; without, it stays off. */
  async open({ pictures }: { pictures: boolean }): Promise<void> {
    this.release();
    this.isResting = false;
    const attempt = ++this.attempt;
    this.take({ type: "open" });
    const devices = await openDevices(pictures);
    if (attempt !== this.attempt) return stopStream(devices.stream);
    this.update({ devices });
    if (!devices.stream) return this.take({ type: "leave" });
    this.sendsPictures = pictures;
    this.level = new SoundLevel(devices.stream);
    this.sent = sendable(devices.stream, pictures);
    this.gate();
    window.addEventListener("offline", this.loseNetwork);
    window.addEventListener("online", this.connect);
    await this.connect();
  }

  /** Connect anew, with what the candidate allows now. */
  connect = async (): Promise<void> => {
    if (!this.sent || !navigator.onLine) return;
    const attempt = ++this.attempt;
    clearTimeout(this.retry);
    this.peer?.close();
    this.peer = null;
    this.take({ type: "connect" });
    try {
      // A request that nobody answers would be waited for longer than any try.
      const signal = AbortSignal.timeout(TICKET_LIMIT_MS);
      const ticket = await unwrap(createMediaTicket({ path: { interview_id: this.interviewId }, signal }));
      if (attempt !== this.attempt || !this.sent) return;
      this.peer = new Peer(ticket, this.sent, {
        onMessage: (message) => this.hear(message),
        onLost: () => this.lose({ type: "lost" }),
      });
      await this.peer.connect(ticket);
    } catch (error) {
      if (attempt !== this.attempt) return;
      // Or it would be lost once more, when its own patience ends.
      this.peer?.close();
      this.lose({ type: "refused", code: errorCode(error) });
    }
  };

  /** Try again after it was given up. */
  reconnect(): void {
    this.take({ type: "retry" });
    void this.connect();
  }

  begin(questionId: string, take: number): void {
    this.take({ type: "begin", questionId, take });
    this.peer?.send({ type: "answer.start", question_id: questionId, take });
  }

  end(): void {
    const { answer } = this.snapshot.link;
    if (answer?.phase !== "listening") return;
    this.take({ type: "end" });
    this.peer?.send({ type: "answer.end", question_id: answer.questionId });
  }

  /** What was spoken is dealt with; the next answer may begin. */
  forget(): void {
    this.end();
    this.take({ type: "forget" });
  }

  think(seconds: number): void {
    this.take({ type: "think" });
    this.peer?.send({ type: "moment", seconds });
  }

  setPlaying(isPlaying: boolean): void {
    if (this.isPlaying === isPlaying) return;
    this.isPlaying = isPlaying;
    this.peer?.send({ type: "playing", is_playing: isPlaying });
    this.gate();
  }

  /** Take back at once what was withdrawn; what was granted anew needs a new ticket, and for pictures the camera. */
  async permit(allowed: Permissions, isGranted: boolean): Promise<void> {
    if (!allowed.emotion && this.isResting) this.sendsPictures = false;
    if (this.snapshot.link.state === "off") return;
    this.peer?.send({ type: "consent", ...allowed });
    if (!allowed.emotion) await this.stopCamera();
    if (!isGranted) return;
    if (allowed.emotion && !this.sendsPictures) await this.addCamera();
    await this.connect();
  }

  /** How loud it is now, from 0 to 1. */
  readLevel(): number {
    return this.level?.read() ?? 0;
  }

  /** Let go of everything: devices, connection, timers. */
  leave = (): void => {
    this.attempt++;
    this.release();
    this.update({ devices: NO_DEVICES });
    this.take({ type: "leave" });
  };

  /** Let go of everything until `wake`. */
  rest(): void {
    if (this.snapshot.link.state === "off") return;
    const { sendsPictures } = this;
    this.leave();
    this.isResting = true;
    this.sendsPictures = sendsPictures;
  }

  /** Go on where `rest` let go. */
  wake(): void {
    if (this.isResting) void this.open({ pictures: this.sendsPictures });
  }

  private async stopCamera(): Promise<void> {
    await this.peer?.dropVideo();
    const { devices } = this.snapshot;
    for (const stream of [this.sent, devices.stream]) {
      for (const track of stream?.getVideoTracks() ?? []) {
        track.stop();
        stream?.removeTrack(track);
      }
    }
    this.sendsPictures = false;
    if (devices.camera === "on") this.update({ devices: { ...devices, camera: "off" } });
  }

  private async addCamera(): Promise<void> {
    const found = await openCamera();
    const { devices } = this.snapshot;
    const [track] = found.stream?.getVideoTracks() ?? [];
    if (track && devices.stream && this.sent) {
      devices.stream.addTrack(track);
      this.sent.addTrack(track.clone());
      this.sendsPictures = true;
    }
    this.update({ devices: { ...devices, camera: found.camera } });
  }

  private hear(message: ServerMessage): void {
    const isNew = message.type === "ready" && message.epoch !== this.epoch;
    this.take(message);
    if (message.type === "notice") void this.peer?.limitVideo(message.code).catch(() => undefined);
    if (isNew) {
      this.epoch = message.epoch;
      this.resume();
    }
    for (const listener of this.messageListeners) listener(message);
  }

  /** Go on with the answer in which the connection was lost: the same take, in the next epoch. */
  private resume(): void {
    const { answer } = this.snapshot.link;
    if (this.isPlaying) this.peer?.send({ type: "playing", is_playing: true });
    if (!answer || answer.phase === "ended") return;
    this.peer?.send({ type: "answer.start", question_id: answer.questionId, take: answer.take });
    if (answer.phase === "ending") this.peer?.send({ type: "answer.end", question_id: answer.questionId });
  }

  private loseNetwork = () => {
    if (this.snapshot.link.state === "off") return;
    this.peer?.close();
    this.lose({ type: "lost" });
  };

  private lose(event: LinkEvent): void {
    this.take(event);
    clearTimeout(this.retry);
    const pause = pauseBeforeTry(this.snapshot.link);
    if (pause !== null && this.sent) this.retry = setTimeout(this.connect, pause);
  }

  private take(event: LinkEvent): void {
    this.update({ link: nextLink(this.snapshot.link, event) });
    this.gate();
  }

  /** Sound is sent only while somebody answers, or may interrupt the spoken question. */
  private gate(): void {
    const isHeard = this.isPlaying || this.snapshot.link.answer?.phase === "listening";
    for (const track of this.sent?.getAudioTracks() ?? []) track.enabled = isHeard;
  }

  private update(changes: Partial<VoiceSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...changes };
    for (const listener of this.listeners) listener();
  }

  private release(): void {
    clearTimeout(this.retry);
    window.removeEventListener("offline", this.loseNetwork);
    window.removeEventListener("online", this.connect);
    this.peer?.close();
    this.level?.close();
    stopStream(this.sent);
    stopStream(this.snapshot.devices.stream);
    this.peer = this.level = this.sent = null;
    this.epoch = null;
  }
}

/** Clones, so that muting what is sent does not mute what the page measures and shows. */
function sendable(stream: MediaStream, pictures: boolean): MediaStream {
  const tracks = pictures ? stream.getTracks() : stream.getAudioTracks();
  return new MediaStream(tracks.map((track) => track.clone()));
}
