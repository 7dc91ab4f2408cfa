import { delay, HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { readMe } from "@/api";
import { refresh, sessionState, signIn } from "@/lib/session";
import { api, refusal, server } from "@/testing/server";
import { unwrap } from "./api-error";

const TOKEN = { token_type: "bearer", expires_in: 900 };

function requireToken(valid: string) {
  return http.get(api("/users/me"), ({ request }) =>
    request.headers.get("Authorization") === `Bearer ${valid}`
      ? HttpResponse.json({ display_name: "지원" })
      : refusal(401, "TOKEN_INVALID"),
  );
}

describe("the session", () => {
  it("refreshes once when several requests find their token expired, and repeats them all", async () => {
    let refreshes = 0;
    server.use(
      requireToken("new"),
      http.post(api("/auth/refresh"), async () => {
        refreshes += 1;
        await delay(50);
        return HttpResponse.json({ access_token: "new", ...TOKEN });
      }),
    );
    const users = await Promise.all([1, 2, 3].map(() => unwrap(readMe())));
    expect(users.map((user) => user.display_name)).toEqual(["지원", "지원", "지원"]);
    expect(refreshes).toBe(1);
  });

  it("ends when the refresh cookie is refused", async () => {
    server.use(
      requireToken("none"),
      http.post(api("/auth/refresh"), () => refusal(401, "SESSION_REVOKED")),
    );
    await expect(unwrap(readMe())).rejects.toMatchObject({ status: 401 });
    expect(sessionState()).toBe("signed-out");
  });

  it("tells a server that is away from a session that is over", async () => {
    server.use(http.post(api("/auth/refresh"), () => HttpResponse.error()));
    expect(await refresh()).toBe(false);
    expect(sessionState()).toBe("away");
  });

  it("does not refresh because of a wrong password", async () => {
    let refreshes = 0;
    server.use(
      http.post(api("/auth/token"), () => refusal(401, "WRONG_CREDENTIALS")),
      http.post(api("/auth/refresh"), () => {
        refreshes += 1;
        return refusal(401, "NOT_AUTHENTICATED");
      }),
    );
    await expect(signIn("jiwon", "wrong")).rejects.toMatchObject({ code: "WRONG_CREDENTIALS" });
    expect(refreshes).toBe(0);
  });
});
