import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VoiceSession } from "./voice-session";

vi.mock("@/api", async (load) => ({
  ...(await load<typeof import("@/api")>()),
  createMediaTicket: async () => ({
    data: { ticket: "a ticket", offer_url: "/media/offer", ice_servers: [] },
    response: new Response(),
  }),
}));

const OFFER_LIMIT_MS = 8_000;

/** A media server that can be killed, and what it knows dies with it; or that nothing reaches for a while. */
class MediaServer {
  isUp = true;
  isReached = true;
  epoch = 0;
  offers = 0;
  readonly heard: string[] = [];
  private life = 0;

  kill() {
    this.isUp = false;
    this.life++;
  }

  async answer(): Promise<Response> {
    this.offers++;
    if (!this.isReached) await new Promise((resolve) => setTimeout(resolve, OFFER_LIMIT_MS));
    if (!this.isUp || !this.isReached) throw new TypeError("Failed to fetch");
    return Response.json({ type: "answer", sdp: "" });
  }

  /** The way to the server as it is now: nothing comes back from one that died. */
  connect(hear: (message: unknown) => void): (text: string) => void {
    const { life } = this;
    hear({ type: "ready", epoch: ++this.epoch, may_transcribe: true, may_analyze_emotion: false });
    return (text) => {
      if (life !== this.life || !this.isReached) return;
      const message = JSON.parse(text);
      if (message.type === "ping") hear({ type: "pong", at: message.at });
      else this.heard.push(text);
    };
  }
}

let media: MediaServer;

class Connection {
  localDescription = { sdp: "" };
  iceConnectionState = "new";
  private readonly channel = {
    readyState: "connecting",
    onmessage: (_: { data: string }) => {},
    send: (_: string) => {},
  };
  createDataChannel = () => this.channel;
  addTransceiver() {}
  getSenders = () => [];
  createOffer = async () => ({});
  setLocalDescription = async () => {};
  setRemoteDescription = async () => {
    this.channel.readyState = "open";
    this.channel.send = media.connect((message) => this.channel.onmessage({ data: JSON.stringify(message) }));
  };
  close() {}
}

class Stream {
  getTracks = () => [{ stop() {} }];
  getAudioTracks = () => [{ clone: () => ({ stop() {} }) }];
  getVideoTracks = () => [];
}

class Sound {
  createAnalyser = () => ({});
  createMediaStreamSource = () => ({ connect() {} });
  close = async () => {};
}

beforeEach(() => {
  media = new MediaServer();
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", Connection);
  vi.stubGlobal("MediaStream", Stream);
  vi.stubGlobal("AudioContext", Sound);
  vi.stubGlobal("fetch", () => media.answer());
  const getUserMedia = async () => new Stream();
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia }, configurable: true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "mediaDevices");
  Reflect.deleteProperty(navigator, "onLine");
});

async function speak(): Promise<VoiceSession> {
  const session = new VoiceSession("interview-1");
  await session.open({ pictures: false });
  session.begin("question-1", 1);
  expect(session.getSnapshot().link).toMatchObject({ state: "ready", epoch: 1 });
  return session;
}

function setOnline(isOnline: boolean) {
  Object.defineProperty(navigator, "onLine", { value: isOnline, configurable: true });
  window.dispatchEvent(new Event(isOnline ? "online" : "offline"));
}

describe("a session whose line is cut", () => {
  it.each([10, 90])("goes on within ten seconds where nothing came through for %d s", async (forS) => {
    const session = await speak();
    media.isReached = false;
    await vi.advanceTimersByTimeAsync(forS * 1_000);
    // The loss, and each try but the one that is being made: none counts twice, or hope would end too soon.
    expect(session.getSnapshot().link).toMatchObject({ state: "reconnecting", failures: media.offers - 1 });
    media.isReached = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.getSnapshot().link).toMatchObject({ state: "ready", answer: { phase: "listening" } });
    session.leave();
  });

  it.each([10, 90])("goes on at once where the browser knew for %d s that it was offline", async (forS) => {
    const session = await speak();
    media.isReached = false;
    setOnline(false);
    expect(session.getSnapshot().link.state).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(forS * 1_000);
    expect(media.offers).toBe(1);
    media.isReached = true;
    setOnline(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(session.getSnapshot().link).toMatchObject({ state: "ready", epoch: 2 });
    session.leave();
  });
});

describe("a session in which the server of voices dies", () => {
  it.each([0, 999])("notices it within five seconds, %d ms after a sign of life", async (ms) => {
    const session = await speak();
    await vi.advanceTimersByTimeAsync(3_000 + ms);
    media.kill();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(session.getSnapshot().link).toMatchObject({ state: "reconnecting", answer: { wasCut: true } });
    session.leave();
  });

  it.each([0.5, 2, 4, 6, 8, 8.9])(
    "is back in the answer within ten seconds where the server is back after %d",
    async (afterS) => {
      const session = await speak();
      await vi.advanceTimersByTimeAsync(3_000);
      media.kill();
      setTimeout(() => {
        media.isUp = true;
      }, afterS * 1_000);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(session.getSnapshot().link).toMatchObject({
        state: "ready",
        epoch: 2,
        answer: { questionId: "question-1", take: 1, phase: "listening" },
      });
      expect(media.heard.at(-1)).toBe(
        JSON.stringify({ type: "answer.start", question_id: "question-1", take: 1 }),
      );
      session.leave();
    },
  );

  it("goes on asking for a server that is away for three quarters of a minute, ever more rarely", async () => {
    const session = await speak();
    media.kill();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(session.getSnapshot().link.state).toBe("reconnecting");
    expect(media.offers).toBeLessThan(15);
    media.isUp = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.getSnapshot().link).toMatchObject({ state: "ready", epoch: 2 });
    session.leave();
  });

  it("leaves the choice to the candidate in the end", async () => {
    const session = await speak();
    media.kill();
    await vi.advanceTimersByTimeAsync(75_000);
    expect(session.getSnapshot().link).toMatchObject({
      state: "failed",
      answer: { phase: "ended", reason: "lost" },
    });
    session.leave();
  });
});
