import { http } from "msw";
import { afterEach, describe, expect, it, vi } from "vitest";
import { streamInterviewEvents } from "@/api";
import { EventStream } from "@/testing/event-stream";
import { api, refusal, server } from "@/testing/server";
import { followEvents, type StreamState } from "./sse";

const leaving: AbortController[] = [];

function follow() {
  const events: [string, unknown][] = [];
  const states: StreamState[] = [];
  const controller = new AbortController();
  leaving.push(controller);
  const done = followEvents((options) => streamInterviewEvents({ path: { interview_id: "i" }, ...options }), {
    onEvent: (event, data) => events.push([event, data]),
    onState: (state) => states.push(state),
    signal: controller.signal,
    fetch,
  });
  return { events, states, done };
}

afterEach(() => {
  for (const controller of leaving.splice(0)) controller.abort();
});

describe("following a stream", () => {
  it("goes on after a lost connection where it stopped", async () => {
    const stream = new EventStream();
    server.use(http.get(api("/interviews/i/events"), ({ request }) => stream.connect(request)));
    const { events, states } = follow();
    await vi.waitFor(() => expect(stream.connections).toHaveLength(1));
    stream.send("question.token", { text: "병" });
    await vi.waitFor(() => expect(events).toHaveLength(1));
    stream.drop();
    await vi.waitFor(() => expect(stream.connections).toEqual([null, "1-0"]), { timeout: 10_000 });
    expect(states).toContain("reconnecting");
    stream.send("question.token", { text: "목" });
    await vi.waitFor(() => expect(events.map(([, data]) => data)).toEqual([{ text: "병" }, { text: "목" }]));
  });

  it("gives up where there is nothing to follow", async () => {
    let tries = 0;
    server.use(
      http.get(api("/interviews/i/events"), () => {
        tries += 1;
        return refusal(404, "INTERVIEW_NOT_FOUND");
      }),
    );
    const { states, done } = follow();
    await done;
    expect(states.at(-1)).toBe("closed");
    expect(tries).toBe(1);
  });
});
