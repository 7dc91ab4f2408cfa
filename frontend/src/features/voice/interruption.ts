import type { Player } from "./player";
import type { VoiceSession } from "./voice-session";

const EVERY_MS = 50;
/** So much louder than the room, for so long, is somebody who begins to speak. */
const LOUDER = 0.2;
const LOUD_TIMES = 4;
/** Without the server's word that it was speech, the question goes on. */
const CONFIRM_MS = 1_500;

/** Decides from levels alone; the room's own loudness is learnt as the quietest level of late. */
export class Loudness {
  private floor = 1;
  private loud = 0;

  /** Take the next level; true when somebody speaks. */
  isInterrupted(level: number): boolean {
    this.floor = Math.min(level, this.floor + 0.002);
    this.loud = level > this.floor + LOUDER ? this.loud + 1 : 0;
    return this.loud >= LOUD_TIMES;
  }
}

/**
 * Hold the spoken question at once when the candidate speaks over it, and stop it when the server hears speech too;
 * a cough or a door lets it go on. Returns what ends the watch.
 */
export function watchInterruption(session: VoiceSession, player: Player, stop: () => void): () => void {
  const loudness = new Loudness();
  let held: ReturnType<typeof setTimeout> | undefined;
  const timer = setInterval(() => {
    if (session.getSnapshot().link.state !== "ready" || !loudness.isInterrupted(session.readLevel())) return;
    if (held) return;
    player.pause();
    held = setTimeout(() => {
      held = undefined;
      player.resume();
    }, CONFIRM_MS);
  }, EVERY_MS);
  const forget = session.onMessage((message) => {
    if (message.type === "barge_in") stop();
  });
  const answering = session.subscribe(() => {
    if (session.getSnapshot().link.answer?.phase === "listening") stop();
  });
  return () => {
    clearInterval(timer);
    clearTimeout(held);
    forget();
    answering();
  };
}
