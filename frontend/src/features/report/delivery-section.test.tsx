import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Delivery, SpokenDelivery } from "@/api";
import { makeDelivery, makeInterview, makeReport } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, server } from "@/testing/server";
import { DeliverySection } from "./delivery-section";

const SPOKEN: SpokenDelivery = {
  speech_ms: 40_000,
  rate: { value: 291.4, baseline: 250, comparison: "faster", reason: null },
  pitch_range: { value: null, baseline: null, comparison: null, reason: "no_voice" },
  loudness_range: { value: 7.26, baseline: null, comparison: null, reason: "no_baseline" },
  fade_db: null,
  pauses: { count: 4, long_count: 2, longest_ms: 3_400, total_ms: 8_000, share: 0.2, items: [] },
  fillers: null,
  timeline: [],
};

function open(delivery: Delivery) {
  server.use(
    http.get(api("/interviews/interview-1/delivery"), () => HttpResponse.json(delivery)),
    http.get(api("/interviews/interview-1"), () => HttpResponse.json(makeInterview({ status: "finished" }))),
  );
  return renderPage("/", [{ path: "/", element: <DeliverySection report={makeReport()} /> }]);
}

describe("coaching on delivery", () => {
  it("says what was measured, against the speaker's own, and what was not", async () => {
    open(makeDelivery({ overall: SPOKEN }));
    expect(await screen.findByText("점수에 들어가지 않아요")).toBeVisible();
    expect(screen.getByText(/1분에 291음절/)).toBeVisible();
    expect(screen.getByText("장치 점검 때보다 빨라요")).toBeVisible();
    expect(screen.getByText("목소리 높이를 알 수 없음")).toBeVisible();
    expect(screen.getByText("2초가 넘는 쉼 2번, 가장 길게는 3.4초")).toBeVisible();
    expect(screen.getByText(/장치 점검을 하지 않아서/)).toBeVisible();
    expect(screen.getByText(/화면을 살펴보지 않았어요/)).toBeVisible();
  });

  it("shows no figure at all where nothing was spoken", async () => {
    open(makeDelivery());
    expect(await screen.findByText(/말로 답한 적이 없어서/)).toBeVisible();
    expect(screen.getByRole("region").textContent).not.toMatch(/\d/);
  });
});
