import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { ResumeError } from "@/api";
import { chooseLanguage, LANGUAGES } from "@/i18n";
import { en } from "@/i18n/en";
import { ko } from "@/i18n/ko";
import { EventStream } from "@/testing/event-stream";
import { makeResume } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { api, server } from "@/testing/server";
import { ResumePage } from "./resume-page";
import { UploadPage } from "./upload-page";

const routes = [
  { path: "/resumes/new", element: <UploadPage /> },
  { path: "/resumes/:resumeId", element: <ResumePage /> },
];
const texts = { ko, en };
const codes = Object.keys(en.resume.failure) as ResumeError["code"][];

describe("a résumé that could not be read", () => {
  for (const language of LANGUAGES) {
    it.each(codes)(`says why and what to do next (${language}, %s)`, async (code) => {
      chooseLanguage(language);
      const failed = makeResume({ status: "failed", step: "parse", error: { code } });
      server.use(http.get(api("/resumes/resume-1"), () => HttpResponse.json(failed)));
      renderPage("/resumes/resume-1", routes);
      const alert = await screen.findByRole("alert");
      const { what, next } = texts[language].resume.failure[code];
      expect(alert).toHaveTextContent(what);
      expect(alert).toHaveTextContent(next);
    });
  }
});

describe("a résumé that is being read", () => {
  it("shows each step as it comes, and then the profile", async () => {
    const running = makeResume({ status: "running", step: "parse", percent: 30 });
    let resume = running;
    const stream = new EventStream(() => [["snapshot", resume]]);
    server.use(
      http.get(api("/resumes/resume-1"), () => HttpResponse.json(resume)),
      http.get(api("/resumes/resume-1/events"), ({ request }) => stream.connect(request)),
    );
    renderPage("/resumes/resume-1", routes);
    expect(await screen.findByText("이력서를 읽고 있어요 · 2/4 단계")).toBeVisible();
    await waitFor(() => expect(stream.connections).toHaveLength(1));
    stream.send("progress", { ...running, step: "embed", percent: 80 });
    expect(await screen.findByText("질문을 찾을 수 있게 준비하고 있어요 · 4/4 단계")).toBeVisible();
    resume = makeResume({ profile: { name: "김지원", is_resume: true, skills: ["C++/C#"] } });
    stream.send("ready", resume);
    expect(await screen.findByRole("heading", { name: "이력서에서 읽은 내용" })).toBeVisible();
    expect(screen.getByText("C++/C#")).toBeVisible();
    expect(screen.getAllByText("문서에서 찾지 못했어요").length).toBeGreaterThan(3);
  });
});

describe("uploading", () => {
  it("refuses a file that is too large before it is sent", async () => {
    renderPage("/resumes/new", routes);
    const file = new File([new Uint8Array(11 * 1024 * 1024)], "cv.pdf", { type: "application/pdf" });
    await userEvent.upload(await screen.findByLabelText("이력서 파일"), file);
    expect(await screen.findByRole("alert")).toHaveTextContent("10 MB 이하의 파일을 올려 주세요");
  });

  it("shows the known résumé when the same file comes again", async () => {
    server.use(
      http.post(api("/resumes"), () => HttpResponse.json(makeResume(), { status: 200 })),
      http.get(api("/resumes/resume-1"), () => HttpResponse.json(makeResume())),
    );
    const { router } = renderPage("/resumes/new", routes);
    const file = new File(["%PDF-1.7"], "cv.pdf", { type: "application/pdf" });
    await userEvent.upload(await screen.findByLabelText("이력서 파일"), file);
    await waitFor(() => expect(router.state.location.pathname).toBe("/resumes/resume-1"));
    expect(await screen.findByText(/전에 올린 것과 같은 파일이에요/)).toBeVisible();
  });
});
