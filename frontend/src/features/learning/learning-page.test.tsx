import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { LearningPathDetail } from "@/api";
import { makeLearningPath, makeResume } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { LearningPage } from "./learning-page";

function open(path?: LearningPathDetail) {
  const items = path ? [path] : [];
  server.use(
    http.get(api("/learning-paths"), () => HttpResponse.json({ items, total: items.length })),
    http.get(api("/learning-paths/path-1"), () => HttpResponse.json(path)),
    http.get(api("/learning-paths/path-1/events"), () => HttpResponse.text("", { status: 503 })),
    http.get(api("/resumes"), () => HttpResponse.json({ items: [makeResume()], total: 1 })),
    http.get(api("/interviews"), () => HttpResponse.json({ items: [], total: 0 })),
  );
  return renderPage("/learning", [{ path: "/learning/:learningPathId?", element: <LearningPage /> }]);
}

describe("the learning page", () => {
  it("without a path offers the form, and says why none can be written now", async () => {
    server.use(
      http.post(api("/learning-paths"), () => refusal(429, "RATE_LIMITED", { "Retry-After": "36000" })),
    );
    open();
    expect(await screen.findByText("아직 학습 경로가 없어요.")).toBeVisible();
    await userEvent.click(await screen.findByRole("button", { name: "학습 경로 만들기" }));
    expect(await screen.findByText(/10시간쯤 뒤에/)).toBeVisible();
  });

  it("shows what each item rests on and that rules chose it", async () => {
    open(makeLearningPath());
    expect(await screen.findByText(/AI 모델을 쓸 수 없어서 규칙만으로/)).toBeVisible();
    expect(screen.getByText(/p99 지연 40 % 감소/)).toBeVisible();
    const link = screen.getByRole("link", { name: /Redis Documentation/ });
    expect(link).toHaveAttribute("href", "https://redis.io/docs/latest/");
    expect(link).toHaveAttribute("rel", "noreferrer");
    expect(screen.getByText(/아직 열어 보지 못했어요/)).toBeVisible();
  });

  it("keeps a done mark", async () => {
    const path = makeLearningPath();
    server.use(
      http.put(api("/learning-paths/path-1/items/item-1"), () =>
        HttpResponse.json({ ...path.items[0], done_at: "2026-11-30T00:00:00Z" }),
      ),
    );
    open(path);
    expect((await screen.findAllByText("1개 가운데 0개를 했어요"))[0]).toBeVisible();
    await userEvent.click(screen.getByRole("checkbox", { name: /다 했어요/ }));
    expect((await screen.findAllByText("1개 가운데 1개를 했어요"))[0]).toBeVisible();
    expect(screen.getByRole("checkbox", { name: /다 했어요/ })).toBeChecked();
  });

  it("says why one failed and writes it again", async () => {
    server.use(
      http.post(api("/learning-paths/path-1/retry"), () =>
        HttpResponse.json(makeLearningPath({ status: "pending", percent: 0, items: [] }), { status: 202 }),
      ),
    );
    open(makeLearningPath({ status: "failed", error_code: "expired", items: [], answered_by: null }));
    expect(await screen.findByText(/제시간에 처리되지 않았어요/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "다시 만들기" }));
    expect(await screen.findByText("순서를 기다리고 있어요")).toBeVisible();
  });
});
