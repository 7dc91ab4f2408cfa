import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { EventStream } from "@/testing/event-stream";
import { makeQuestionSet, makeSetQuestion } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, server } from "@/testing/server";
import { QuestionSetPage } from "./question-set-page";

function open() {
  return renderPage("/question-sets/set-1", [
    { path: "/question-sets/:questionSetId", element: <QuestionSetPage /> },
  ]);
}

describe("a question set", () => {
  it("shows each question as it is written", async () => {
    const running = makeQuestionSet({ status: "running", percent: 0, questions: [] });
    const events = new EventStream();
    server.use(
      http.get(api("/question-sets/set-1"), () => HttpResponse.json(running)),
      http.get(api("/question-sets/set-1/events"), ({ request }) => events.connect(request)),
    );
    open();
    expect(await screen.findByText("질문을 쓰고 있어요")).toBeVisible();
    await expect.poll(() => events.connections.length).toBe(1);
    events.send("progress", { ...running, percent: 20, questions: [makeSetQuestion(1)] });
    expect(await screen.findByText(/1번째로 여쭤볼게요/)).toBeVisible();
    expect(screen.getByText("5개 가운데 1개를 썼어요")).toBeVisible();
    events.send("ready", makeQuestionSet({ questions: [makeSetQuestion(1), makeSetQuestion(2)] }));
    expect(await screen.findByText(/2번째로 여쭤볼게요/)).toBeVisible();
    expect(screen.queryByText("질문을 쓰고 있어요")).not.toBeInTheDocument();
  });

  it("says what kind a question is, why it is asked and that it is from the bank", async () => {
    server.use(http.get(api("/question-sets/set-1"), () => HttpResponse.json(makeQuestionSet())));
    open();
    expect(await screen.findByText("성능")).toBeVisible();
    expect(screen.getByText("왜 이 질문인가요?")).toBeVisible();
    expect(screen.getByText("비교한 대안")).toBeVisible();
    expect(screen.getByText("질문 은행에서 가져온 질문이에요")).toBeVisible();
    expect(screen.getByText(/질문 은행의 질문에 이력서 내용을 넣어/)).toBeVisible();
  });

  it("that was deleted is said to be gone", async () => {
    server.use(
      http.get(api("/question-sets/set-1"), () =>
        HttpResponse.json(
          { detail: "", error_code: "QUESTION_SET_NOT_FOUND", timestamp: "", request_id: "" },
          { status: 404 },
        ),
      ),
    );
    open();
    expect(await screen.findByText(/질문 세트를 찾을 수 없어요/)).toBeVisible();
  });
});
