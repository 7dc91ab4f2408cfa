import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { api, refusal, server } from "@/testing/server";
import { SignInPage } from "./sign-in-page";
import { ownPath } from "./use-enter";

async function tryToSignIn() {
  const user = userEvent.setup();
  renderPage("/sign-in", [{ path: "/sign-in", element: <SignInPage /> }]);
  await user.type(screen.getByLabelText("아이디 또는 이메일"), "jiwon");
  await user.type(screen.getByLabelText("비밀번호"), "not the one");
  await user.click(screen.getByRole("button", { name: "로그인" }));
}

describe("signing in", () => {
  it("says when the username or password is wrong", async () => {
    server.use(http.post(api("/auth/token"), () => refusal(401, "WRONG_CREDENTIALS")));
    await tryToSignIn();
    expect(await screen.findByRole("alert")).toHaveTextContent("아이디나 비밀번호가 맞지 않아요");
  });

  it("says how long it is locked and waits for that", async () => {
    server.use(http.post(api("/auth/token"), () => refusal(429, "RATE_LIMITED", { "Retry-After": "47" })));
    await tryToSignIn();
    expect(await screen.findByText(/4[67]초 뒤에 다시 로그인할 수 있어요/)).toBeVisible();
    expect(screen.getByRole("button", { name: "로그인" })).toBeDisabled();
  });

  it("says when the server is away", async () => {
    server.use(http.post(api("/auth/token"), () => HttpResponse.error()));
    await tryToSignIn();
    expect(await screen.findByRole("alert")).toHaveTextContent("서버에 연결할 수 없어요");
  });

  it("leads to pages of this site only", () => {
    expect(ownPath("/interviews/1?x=2")).toBe("/interviews/1?x=2");
    for (const foreign of ["//evil.example", "/\\evil.example", "https://evil.example", null]) {
      expect(ownPath(foreign)).toBe("/home");
    }
  });
});
