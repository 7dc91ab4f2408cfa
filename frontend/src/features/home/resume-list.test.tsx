import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { makeResume } from "@/testing/factories";
import { renderPage } from "@/testing/render-page";
import { ResumeList } from "./resume-list";

it("shows the newest résumés first and the others when asked", async () => {
  const resumes = Array.from({ length: 12 }, (_, n) =>
    makeResume({ id: `resume-${n}`, filename: `이력서 ${n}.pdf` }),
  );
  renderPage("/home", [{ path: "/home", element: <ResumeList resumes={resumes} /> }]);
  expect(await screen.findByText("이력서 9.pdf")).toBeVisible();
  expect(screen.queryByText("이력서 10.pdf")).not.toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "이력서 더 보기" }));
  expect(screen.getByText("이력서 11.pdf")).toBeVisible();
  expect(screen.queryByRole("button", { name: "이력서 더 보기" })).not.toBeInTheDocument();
});
