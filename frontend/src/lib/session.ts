import { refreshToken as requestRefresh, signOut as requestSignOut, signIn as requestToken } from "@/api";
import { client } from "@/api/client.gen";
import { ApiError, unwrap } from "@/lib/api-error";
import { clearDrafts } from "@/lib/drafts";

/** "unknown" until the refresh cookie has been tried; "away" when the server did not answer that try. */
export type SessionState = "unknown" | "signed-out" | "signed-in" | "away";

const PATHS_WITHOUT_TOKEN = ["/auth/token", "/auth/refresh", "/auth/register", "/auth/logout"];

// The access token lives here and nowhere else: storage can be read by any script on the page.
let accessToken: string | null = null;
let state: SessionState = "unknown";
let refreshing: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
let otherTabs: BroadcastChannel | null = null;

export function sessionState(): SessionState {
  return state;
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function signIn(username: string, password: string): Promise<void> {
  const token = await unwrap(requestToken({ body: { username, password } }));
  accessToken = token.access_token;
  enter("signed-in");
}

/** Forget the token and everything typed, here and in the other tabs, even when the server cannot be told. */
export async function signOut(): Promise<void> {
  await requestSignOut().catch(() => undefined);
  clearDrafts();
  leave();
  otherTabs?.postMessage("signed-out");
}

/** Try the refresh cookie, once for all who ask at the same time. True when a new token is there. */
export function refresh(): Promise<boolean> {
  refreshing ??= withCookieLock(exchangeCookie).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** `fetch` with the access token; a 401 is answered by one refresh and one more try. */
export async function authorizedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  if (PATHS_WITHOUT_TOKEN.some((path) => new URL(request.url).pathname.endsWith(path))) return fetch(request);
  const sent = accessToken;
  const response = await fetch(withToken(request.clone()));
  if (response.status !== 401) return response;
  const isRenewed = accessToken !== sent && accessToken !== null;
  if (!isRenewed && !(await refresh())) return response;
  return fetch(withToken(request));
}

/** Make the generated client use our token, and hear of other tabs; called once, before the first page. */
export function connectClient(): void {
  otherTabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("session");
  otherTabs?.addEventListener("message", leave);
  client.setConfig({ baseUrl: window.location.origin, fetch: authorizedFetch, credentials: "same-origin" });
}

export function resetSession(): void {
  accessToken = null;
  refreshing = null;
  enter("unknown");
}

async function exchangeCookie(): Promise<boolean> {
  try {
    const token = await unwrap(requestRefresh());
    accessToken = token.access_token;
    enter("signed-in");
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) leave();
    else if (accessToken === null) enter("away");
    return false;
  }
}

/** Several tabs share one cookie; taking turns lets each of them use the newest one. */
function withCookieLock(exchange: () => Promise<boolean>): Promise<boolean> {
  if (!navigator.locks) return exchange();
  return navigator.locks.request("refresh-cookie", exchange);
}

function withToken(request: Request): Request {
  if (accessToken) request.headers.set("Authorization", `Bearer ${accessToken}`);
  return request;
}

function leave(): void {
  accessToken = null;
  enter("signed-out");
}

function enter(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}
