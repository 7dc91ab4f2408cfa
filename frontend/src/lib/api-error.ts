import type { ErrorBody } from "@/api";

/** Why a request did not succeed, in the terms that the pages decide on. */
export class ApiError extends Error {
  constructor(
    /** The server's error code, or SERVER_AWAY when no answer of ours came back. */
    readonly code: string,
    /** HTTP status, 0 when there was no answer. */
    readonly status: number,
    /** Seconds that the server asks us to wait, from Retry-After. */
    readonly retryAfterS: number | null = null,
    /** The server's own sentence; shown only when the code is unknown to us. */
    readonly detail: string | null = null,
    readonly fields: ReadonlyArray<{ field: string; message: string }> = [],
  ) {
    super(code);
    this.name = "ApiError";
  }
}

type Answer<T> = { data?: T; error?: unknown; response?: Response };

/**
 * The data of a generated client call.
 *
 * @throws ApiError for every answer that is not a success, and for no answer at all.
 */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response?.ok && error === undefined) return data as T;
  throw toApiError(error, response);
}

export function toApiError(error: unknown, response: Response | undefined): ApiError {
  if (!response) return new ApiError("SERVER_AWAY", 0);
  if (!isErrorBody(error)) {
    // A proxy in between answers for a backend that is away.
    return new ApiError(
      response.status >= 502 ? "SERVER_AWAY" : "INTERNAL",
      response.status,
      retryAfter(response),
    );
  }
  return new ApiError(error.error_code, response.status, retryAfter(response), error.detail, fieldsOf(error));
}

export function errorCode(error: unknown): string {
  return error instanceof ApiError ? error.code : "INTERNAL";
}

function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === "object" && value !== null && "error_code" in value;
}

function retryAfter(response: Response): number | null {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

function fieldsOf(body: ErrorBody): Array<{ field: string; message: string }> {
  return (body.details ?? []).map(({ field, message }) => ({
    field: String(field ?? "").replace(/^body\./, ""),
    message: String(message ?? ""),
  }));
}
