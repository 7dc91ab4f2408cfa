"""What happens to every request: an id, headers, limits, a log line, and an answer even to a fault."""

import re
import time
from collections.abc import Mapping
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interview_api.errors import BodyTooLarge, RateLimited, TooLarge, expected_error_response, internal_error_response
from interview_api.metrics import ApiMetrics
from interview_api.rate_limits import RateLimits

log = structlog.get_logger(__name__)

DOCS_PATHS = ("/docs", "/redoc")

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_API_CSP = "default-src 'none'; frame-ancestors 'none'"
_DOCS_CSP = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-ancestors 'none'"
)


def request_id_of(scope: Scope) -> str:
    return str(scope["state"]["request_id"])


class RequestContext:
    """Gives a request its id and its response the security headers, logs and counts it, and answers a fault."""

    def __init__(self, app: ASGIApp, *, metrics: ApiMetrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._answer(scope, receive, send, request_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        began = time.perf_counter()
        status, answered_s = 0, 0.0

        async def send_with_headers(message: Message) -> None:
            nonlocal status, answered_s
            if message["type"] == "http.response.start":
                status, answered_s = message["status"], time.perf_counter() - began
                _add_headers(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001  the last place that can still answer
            response = internal_error_response(request_id, error)
            if not status:
                await response(scope, receive, send_with_headers)
        took_ms = round((time.perf_counter() - began) * 1000, 1)
        route = getattr(scope.get("route"), "path", "unmatched")
        self._metrics.observe_request(scope["method"], route, status, answered_s)
        log.info("request", method=scope["method"], route=route, status=status, took_ms=took_ms)


def _add_headers(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers[name] = value
    headers["Content-Security-Policy"] = _DOCS_CSP if scope["path"].startswith(DOCS_PATHS) else _API_CSP
    headers.setdefault("Cache-Control", "no-store")


class BodyLimit:
    """Stops reading a body that is too large, at its first byte too many."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, uploads: Mapping[str, int]) -> None:
        """Take the largest file by the paths (regular expressions) to which files are sent."""
        self.app = app
        self._max_bytes = max_bytes
        self._uploads = {re.compile(path): limit for path, limit in uploads.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, error = self._limit(scope)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit:
            await expected_error_response(request_id_of(scope), error)(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge(error)
            return message

        await self.app(scope, receive_within_limit, send)

    def _limit(self, scope: Scope) -> tuple[int, TooLarge]:
        for path, limit in self._uploads.items():
            if path.fullmatch(scope["path"]):
                # What surrounds the file in the form is a few hundred bytes.
                return limit + 16 * 1024, file_too_large(limit)
        return self._max_bytes, TooLarge("The request's body is too large; shorten the text.")


def file_too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"The file is larger than {max_bytes // (1024 * 1024)} MB.", code="FILE_TOO_LARGE")


class AddressLimit:
    """Refuses requests to the API beyond so many a minute from one address."""

    def __init__(self, app: ASGIApp, *, limits: RateLimits) -> None:
        self.app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            try:
                await self._limits.count_request(address_of(scope))
            except RateLimited as error:
                await expected_error_response(request_id_of(scope), error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return the client's address; behind a proxy uvicorn takes it from X-Forwarded-For of trusted proxies."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"
