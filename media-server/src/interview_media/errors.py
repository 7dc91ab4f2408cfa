"""Every error leaves in one shape: {detail, error_code, timestamp, details, request_id}."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from interview_core.errors import Conflict, InterviewError, InvalidInput, NotAllowed, TokenInvalid, Unavailable

log = structlog.get_logger(__name__)

_STATUS: dict[type[InterviewError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    TokenInvalid: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_RETRY_AFTER_S = {"TOO_MANY_PEERS": 60, "SERVER_BUSY": 5}
"""For all others that are unavailable it is a second."""

_CODES = {
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "BODY_TOO_LARGE",
}


def handle_errors(app: FastAPI) -> None:
    """Make every error of the app answer in the one shape."""
    app.add_exception_handler(InterviewError, _answer_expected)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)


async def _answer_expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, InterviewError)  # noqa: S101  tells mypy what the registration above ensures
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), None)
    if status is None:
        return await _answer_unexpected(request, error)
    response = _response(request, status, error.code, error.message)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S.get(error.code, 1))
    return response


async def _answer_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  as above
    details = [{"field": ".".join(map(str, item["loc"])), "message": item["msg"]} for item in error.errors()]
    message = "The request is not an offer; see details."
    return _response(request, HTTPStatus.UNPROCESSABLE_ENTITY, InvalidInput.code, message, details)


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  as above
    return _response(request, error.status_code, _CODES.get(HTTPStatus(error.status_code), "BAD_REQUEST"), error.detail)


async def _answer_unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", exc_info=error)
    return _response(
        request, HTTPStatus.INTERNAL_SERVER_ERROR, InterviewError.code, "Something broke here; try again in a moment."
    )


def _response(
    request: Request, status: int, code: str, detail: str, details: list[dict[str, str]] | None = None
) -> JSONResponse:
    body: dict[str, Any] = {
        "detail": detail,
        "error_code": code,
        "timestamp": datetime.now(UTC).isoformat(),
        "details": details or [],
        "request_id": request.state.request_id,
    }
    return JSONResponse(body, status_code=status, headers={"X-Request-ID": request.state.request_id})
