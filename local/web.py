"""The web app in one place: the built frontend, with the API and the media server behind the same address."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from mimetypes import guess_type
from pathlib import Path
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

BACKEND_PATHS = ("/api/{rest:path}", "/docs", "/docs/{rest:path}", "/openapi.json", "/healthz", "/readyz")
MEDIA_PATHS = ("/media/{rest:path}",)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

# RFC 9110, 7.6.1: they describe one connection, not the message.
_PER_CONNECTION = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# Only the proxy knows where a request came from; a client's own word is dropped.
_FORWARDING = {"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip"}


# httpx would resolve them, and so ask a server for what is not passed on.
_UPWARDS = {b".", b".."}


class FrontendFiles(StaticFiles):
    """The built frontend; a path that is no file is a page of the app, and gets its HTML."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or Path(path).suffix:
                raise
            response = await super().get_response("index.html", scope)
        is_named_by_hash = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if is_named_by_hash else "no-cache"
        response.headers["vary"] = "Accept-Encoding"
        return response

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return the file, as it lies compressed beside it where the browser takes that."""
        beside = Path(f"{os.fspath(full_path)}.gz")
        asked = Headers(scope=scope)
        if "gzip" not in asked.get("accept-encoding", "") or not beside.is_file():
            return super().file_response(full_path, stat_result, scope, status_code)
        media_type = guess_type(full_path)[0]
        headers = {"content-encoding": "gzip"}
        response = FileResponse(beside, status_code, headers, media_type, stat_result=beside.stat())
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


class Proxy:
    """Passes requests on to one server, streaming both ways, so that server-sent events arrive at once."""

    def __init__(self, name: str, client: httpx.AsyncClient) -> None:
        self._name = name
        self._client = client

    async def __call__(self, request: Request) -> Response:
        if not _UPWARDS.isdisjoint(request.scope["raw_path"].split(b"/")):
            return Response(status_code=400)
        upstream = self._client.build_request(
            request.method,
            httpx.URL(raw_path=_raw_path(request)),
            headers=_request_headers(request),
            content=request.stream() if _has_body(request) else None,
        )
        try:
            answer = await self._client.send(upstream, stream=True)
        except httpx.TransportError:
            return _unavailable(self._name)
        except ClientDisconnect:
            return Response(status_code=499)
        response = StreamingResponse(_body(answer), status_code=answer.status_code)
        response.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.decode().lower() not in _PER_CONNECTION
        ]
        return response


def create_app() -> Starlette:
    """Make the app from FRONTEND_DIST, BACKEND_URL and MEDIA_SERVER_URL."""
    return make_app(Path(os.environ["FRONTEND_DIST"]), os.environ["BACKEND_URL"], os.environ["MEDIA_SERVER_URL"])


def make_app(frontend: Path, backend_url: str, media_url: str) -> Starlette:
    """Make the app for a built frontend and the two servers behind it."""
    backend, media = _client(backend_url), _client(media_url)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with backend, media:
            yield

    servers = [(BACKEND_PATHS, Proxy("backend", backend)), (MEDIA_PATHS, Proxy("media server", media))]
    routes = [Route(path, proxy.__call__, methods=METHODS) for paths, proxy in servers for path in paths]
    return Starlette(routes=[*routes, Mount("/", FrontendFiles(directory=frontend, html=True))], lifespan=lifespan)


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url,
        # A client keeps cookies by itself and would send one browser's session along with another's requests.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        # An event stream may be silent for long, and there may be hundreds of them.
        timeout=httpx.Timeout(None, connect=5),
        # uvicorn closes idle connections after 5 s; one that is reused at that moment would fail a request.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=2),
        trust_env=False,
    )


def _raw_path(request: Request) -> bytes:
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return path + b"?" + query if query else path


def _has_body(request: Request) -> bool:
    return "content-length" in request.headers or "transfer-encoding" in request.headers


def _request_headers(request: Request) -> list[tuple[bytes, bytes]]:
    dropped = _PER_CONNECTION | _FORWARDING
    headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1") not in dropped]
    if request.client:
        headers.append((b"x-forwarded-for", request.client.host.encode()))
    headers.append((b"x-forwarded-proto", request.url.scheme.encode()))
    return headers


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _unavailable(name: str) -> JSONResponse:
    """Answer in the platform's error shape, so that the page can show it."""
    error = {
        "detail": f"The {name} does not answer. It may be starting; try again in a few seconds.",
        "error_code": "SERVICE_UNAVAILABLE",
        "timestamp": datetime.now(UTC).isoformat(),
        "details": [],
        "request_id": str(uuid4()),
    }
    return JSONResponse(error, status_code=503, headers={"retry-after": "2"})
