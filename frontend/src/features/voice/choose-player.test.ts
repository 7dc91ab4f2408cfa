import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { choosePlayer, PATIENCE_MS } from "./choose-player";
import { ComingSound, PLAIN_ENGINE } from "./question-sound";

const GOOD_ENGINE = "openai_compatible";
const OWN = { lang: "ko-KR", localService: true, name: "own" };
const SENT_AWAY = { lang: "ko-KR", localService: false, name: "sent away" };

let heard: string[];
let voices: (typeof OWN)[];
let coming: ComingSound;

/** What the server made of the question. */
const sound = (engine: string | null) => ({ audio: new Blob(["sound"]), engine });

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  voices = [OWN];
  coming = new ComingSound();
  vi.stubGlobal("speechSynthesis", {
    getVoices: () => voices,
    speak: (utterance: { text: string }) => heard.push(`browser: ${utterance.text}`),
    cancel: () => undefined,
  });
  vi.stubGlobal(
    "SpeechSynthesisUtterance",
    class {
      constructor(readonly text: string) {}
    },
  );
  vi.stubGlobal(
    "Audio",
    class {
      play = async () => heard.push("server");
    },
  );
  URL.createObjectURL = () => "blob:sound";
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Ask for the question to be spoken; what has begun to speak stands in `heard`, or "read" where nothing does. */
async function speak(engine: string | null): Promise<void> {
  const player = await choosePlayer("왜요?", "ko", engine, coming);
  if (player) await player.begin();
  else heard.push("read");
}

describe("who speaks a question", () => {
  it("is the server's good voice, at once where its sound was made ahead", async () => {
    coming.arrive(sound(GOOD_ENGINE));
    void speak(GOOD_ENGINE);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["server"]);
  });

  it("is the good voice too when its sound comes within the patience", async () => {
    void speak(GOOD_ENGINE);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
    expect(heard).toEqual([]);
    coming.arrive(sound(GOOD_ENGINE));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["server"]);
  });

  it("is the browser after 300 ms, and a sound that comes later is not heard over it", async () => {
    void speak(GOOD_ENGINE);
    await vi.advanceTimersByTimeAsync(299);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard).toEqual(["browser: 왜요?"]);
    coming.arrive(sound(GOOD_ENGINE));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toEqual(["browser: 왜요?"]);
  });

  it("is the browser rather than the plain voice, and is not waited for", async () => {
    coming.arrive(sound(PLAIN_ENGINE));
    void speak(PLAIN_ENGINE);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["browser: 왜요?"]);
  });

  it("is the browser too where the good voice failed and the plain one stood in for it", async () => {
    coming.arrive(sound(PLAIN_ENGINE));
    void speak(GOOD_ENGINE);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["browser: 왜요?"]);
  });

  it.each([[[]], [[SENT_AWAY]]])(
    "is the plain voice where the browser has none of its own",
    async (found) => {
      voices = found;
      void speak(PLAIN_ENGINE);
      coming.arrive(sound(PLAIN_ENGINE));
      await vi.advanceTimersByTimeAsync(0);
      expect(heard).toEqual(["server"]);
    },
  );

  it.each([GOOD_ENGINE, PLAIN_ENGINE])("is nobody after 300 ms without a sound of %s", async (engine) => {
    voices = [];
    void speak(engine);
    await vi.advanceTimersByTimeAsync(299);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard).toEqual(["read"]);
  });

  it("is the browser alone where the server does not speak, and else the question is read at once", async () => {
    void speak(null);
    await vi.advanceTimersByTimeAsync(0);
    voices = [];
    void speak(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["browser: 왜요?", "read"]);
  });
});
