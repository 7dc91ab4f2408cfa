import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerMessage } from "@/lib/webrtc";
import { Loudness, watchInterruption } from "./interruption";
import { OFF } from "./link-state";
import type { Player } from "./player";
import type { VoiceSession } from "./voice-session";

const QUIET = 0.1;
const LOUD = 0.6;

/** A room with a connection: how loud it is, and what the server says of it. */
class Room {
  level = QUIET;
  private readonly hearers = new Set<(message: ServerMessage) => void>();
  readonly session = {
    getSnapshot: () => ({ link: { ...OFF, state: "ready" } }),
    readLevel: () => this.level,
    subscribe: () => () => undefined,
    onMessage: (hearer: (message: ServerMessage) => void) => {
      this.hearers.add(hearer);
      return () => this.hearers.delete(hearer);
    },
  } as unknown as VoiceSession;

  say(message: ServerMessage) {
    for (const hearer of this.hearers) hearer(message);
  }
}

let room: Room;
let said: string[];
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  room = new Room();
  said = [];
  const player = {
    pause: () => said.push("pause"),
    resume: () => said.push("resume"),
  } as unknown as Player;
  end = watchInterruption(room.session, player, () => said.push("stop"));
  vi.advanceTimersByTime(500);
});

afterEach(() => {
  end();
  vi.useRealTimers();
});

describe("speaking over a spoken question", () => {
  it("holds it at once and stops it when the server hears speech too", () => {
    room.level = LOUD;
    vi.advanceTimersByTime(250);
    expect(said).toEqual(["pause"]);
    room.say({ type: "barge_in" });
    expect(said).toEqual(["pause", "stop"]);
  });

  it("goes on after a noise that was no speech", () => {
    room.level = LOUD;
    vi.advanceTimersByTime(250);
    room.level = QUIET;
    vi.advanceTimersByTime(2_000);
    expect(said).toEqual(["pause", "resume"]);
  });

  it("is not held by a click", () => {
    room.level = LOUD;
    vi.advanceTimersByTime(100);
    room.level = QUIET;
    vi.advanceTimersByTime(2_000);
    expect(said).toEqual([]);
  });

  it("learns how loud a room is by itself", () => {
    const loudness = new Loudness();
    const noisy = Array.from({ length: 50 }, () => loudness.isInterrupted(0.5));
    expect(noisy).not.toContain(true);
    expect([0.8, 0.8, 0.8, 0.8].map((level) => loudness.isInterrupted(level)).at(-1)).toBe(true);
  });
});
