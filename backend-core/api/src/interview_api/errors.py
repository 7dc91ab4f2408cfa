"""One shape for every error, and what each kind of error means in HTTP."""

import http
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from interview_core.errors import (
    Conflict,
    InterviewError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TokenInvalid,
    Unavailable,
)
from interview_core.storage import StorageFull

log = structlog.get_logger(__name__)


class FieldError(BaseModel):
    field: str = Field(examples=["body.password"])
    message: str = Field(examples=["String should have at least 8 characters"])


class ErrorBody(BaseModel):
    """The body of every error."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "detail": "There is no such résumé; see GET /api/v1/resumes.",
                    "error_code": "RESUME_NOT_FOUND",
                    "timestamp": "2026-11-20T09:30:00Z",
                    "details": [],
                    "request_id": "3f2a9c0e5b7d4e81",
                }
            ]
        }
    )

    detail: str = Field(description="What happened and the next step, for people.")
    error_code: str = Field(description="Stable, for programs.")
    timestamp: datetime = Field(description="UTC.")
    details: list[FieldError] = Field(default=[], description="The fields of a request that were refused.")
    request_id: str = Field(description="Also in the header X-Request-ID and in the logs.")


class TooLarge(InterviewError):
    code = "BODY_TOO_LARGE"


class BodyTooLarge(HTTPException, TooLarge):
    """A `TooLarge` that passes through FastAPI's reading of the body, which lets an HTTPException alone through."""

    def __init__(self, error: TooLarge) -> None:
        HTTPException.__init__(self, status_code=413, detail=error.message)
        self.message = error.message
        self.code = error.code


class UnsupportedFile(InterviewError):
    code = "UNSUPPORTED_FILE_TYPE"


class RateLimited(InterviewError):
    code = "RATE_LIMITED"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many requests; try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


_STATUS: dict[type[InterviewError], int] = {
    TokenInvalid: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedFile: 415,
    InvalidInput: 422,
    RateLimited: 429,
    Unavailable: 503,
    StorageFull: 507,
}

_CODES = {
    400: "BAD_REQUEST",
    401: "NOT_AUTHENTICATED",
    403: "NOT_ALLOWED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "BODY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}

_MEANINGS = {
    400: "The request cannot be read: BAD_REQUEST",
    401: "Sign in first: NOT_AUTHENTICATED, TOKEN_INVALID, WRONG_CREDENTIALS, SESSION_REVOKED",
    403: "Not for you: NOT_ALLOWED, WRONG_PASSWORD",
    404: "Not there, or not yours: NOT_FOUND, RESUME_NOT_FOUND, INTERVIEW_NOT_FOUND, REPORT_NOT_FOUND,"
    " JOB_NOT_FOUND, SCENARIO_NOT_FOUND, FILE_NOT_FOUND, QUESTION_NOT_FOUND,"
    " TRANSCRIPT_NOT_FOUND, SPEECH_NOT_AVAILABLE, BASELINE_NOT_FOUND, LEARNING_PATH_NOT_FOUND, LEARNING_ITEM_NOT_FOUND,"
    " QUESTION_SET_NOT_FOUND, REVIEW_NOT_FOUND",
    409: "Not in the present state: USERNAME_TAKEN, RESUME_NOT_READY, RESUME_BUSY, INTERVIEW_FINISHED,"
    " INTERVIEW_NOT_FINISHED, INTERVIEW_PAUSED, INTERVIEW_CHANGED, QUESTION_PENDING, QUESTION_ALREADY_ANSWERED,"
    " NOT_CURRENT_QUESTION, CONSENT_NOT_ALLOWED, CONFLICT, REPORT_NOT_READY, PDF_NOT_READY, NOT_FAILED,"
    " CONSENT_NEEDED, TRANSCRIPT_PENDING, TAKE_SUPERSEDED, REVIEW_OPEN, REVIEW_ANSWERED,"
    " REVIEW_NOT_OPEN, REVIEW_NOT_READ, REVIEW_LIMIT_REACHED",
    413: "Too much: FILE_TOO_LARGE, BODY_TOO_LARGE",
    415: "No PDF, DOCX, PNG, JPEG or plain UTF-8 text; no whole WebM, WAV or M4A: UNSUPPORTED_FILE_TYPE",
    422: "The request breaks a rule; `details` names the fields: VALIDATION_FAILED, EMPTY_FILE, SAME_INTERVIEW",
    429: "Too many requests; wait for the seconds in Retry-After: RATE_LIMITED",
    500: "A fault of ours; tell the operator the request id: INTERNAL",
    503: "Something is away; try again later: DATABASE_UNAVAILABLE, STORAGE_UNAVAILABLE, BROKER_UNAVAILABLE,"
    " SEARCH_UNAVAILABLE, RECOGNISER_UNAVAILABLE, TOO_MANY_STREAMS",
    507: "There is no room for the file: STORAGE_FULL",
}


def error_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI entries of errors for a route's `responses`."""
    return {status: {"model": ErrorBody, "description": _MEANINGS[status]} for status in statuses}


def error_response(
    request_id: str,
    status: int,
    code: str,
    detail: str,
    *,
    details: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = ErrorBody(
        detail=detail, error_code=code, timestamp=datetime.now(UTC), details=details or [], request_id=request_id
    )
    return JSONResponse(body.model_dump(mode="json"), status_code=status, headers=dict(headers or {}))


def expected_error_response(request_id: str, error: InterviewError) -> JSONResponse:
    """Return the response to an error of the tree in `interview_core.errors`."""
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, BodyTooLarge):
        # The server would go on reading what no one will look at.
        headers["Connection"] = "close"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(error.retry_after_s)
    return error_response(request_id, status, error.code, error.message, headers=headers)


def internal_error_response(request_id: str, error: Exception) -> JSONResponse:
    """Log a fault without its message, which may quote what a candidate wrote, and return a 500."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    ours = [frame for frame in frames[:-1] if "interview_" in frame]
    log.error("request failed", error=type(error).__name__, at=[*ours, *frames[-1:]])
    return error_response(
        request_id, 500, "INTERNAL", "Something went wrong on our side. Tell the operator the request id."
    )


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(InterviewError, _handle_expected)
    app.add_exception_handler(RequestValidationError, _handle_validation)
    app.add_exception_handler(HTTPException, _handle_http)
    for kind in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(kind, _handle_database_away)
    app.add_exception_handler(DBAPIError, _handle_database)


def request_id_of(request: Request) -> str:
    return str(request.state.request_id)


async def _handle_expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InterviewError)  # noqa: S101  narrows the type that Starlette leaves open
    return expected_error_response(request_id_of(request), error)


async def _handle_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # `input` and `ctx` are left out: they repeat what was sent, passwords too.
    details = [
        FieldError(field=_readable(".".join(map(str, item["loc"]))), message=_readable(str(item["msg"])))
        for item in error.errors()[:50]
    ]
    detail = "The request was not accepted; `details` names each field and why."
    return error_response(request_id_of(request), 422, "VALIDATION_FAILED", detail, details=details)


def _readable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:300]


async def _handle_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    if isinstance(error, InterviewError):
        return expected_error_response(request_id_of(request), error)
    details = {
        404: "There is nothing at this address; see /docs.",
        405: "This address does not take this method; see /docs.",
    }
    return error_response(
        request_id_of(request),
        error.status_code,
        _CODES.get(error.status_code, http.HTTPStatus(error.status_code).name),
        details.get(error.status_code, str(error.detail)),
        headers=error.headers,
    )


async def _handle_database_away(request: Request, error: Exception) -> JSONResponse:
    log.warning("database unavailable", error=type(error).__name__)
    return error_response(
        request_id_of(request), 503, "DATABASE_UNAVAILABLE", "The database does not answer; try again in a moment."
    )


async def _handle_database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)  # noqa: S101
    if error.connection_invalidated:
        return await _handle_database_away(request, error)
    return internal_error_response(request_id_of(request), error)
