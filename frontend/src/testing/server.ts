import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type { ErrorBody, SystemStatus } from "@/api";

const ORIGIN = window.location.origin;

/** The address of an API path in tests. */
export function api(path: string): string {
  return `${ORIGIN}/api/v1${path}`;
}

/** An error answer of the documented shape. */
export function refusal(status: number, errorCode: string, headers?: Record<string, string>) {
  const body: ErrorBody = {
    detail: "what happened",
    error_code: errorCode,
    timestamp: "2026-11-21T04:00:00Z",
    details: [],
    request_id: "test",
  };
  return HttpResponse.json(body, { status, headers });
}

/** An installation without a model. */
export const systemStatus: SystemStatus = {
  version: "0.1.0",
  model_state: "missing",
  model_name: null,
  model_licence: null,
  model_location: null,
  can_score: false,
  can_ask_with_model: false,
  emotion_enabled: false,
  cpu_worker_alive: true,
  speech: { recogniser_state: "ready", recogniser_model: "base", can_transcribe: true, voice_engine: null },
  max_upload_bytes: 10 * 1024 * 1024,
};

export const server = setupServer(http.get(api("/system/status"), () => HttpResponse.json(systemStatus)));
