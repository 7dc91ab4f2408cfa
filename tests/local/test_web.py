"""The web server of `make run`, before a real backend on a real port."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.web import make_app
from tests.ports import free_port

EVENT_INTERVAL_S = 0.5


class Backend:
    """Says what it was asked, streams events slowly, and counts the streams that are open."""

    def __init__(self) -> None:
        self.open_streams = 0
        routes = [
            Route("/api/v1/echo/{rest:path}", self.echo, methods=["GET", "POST", "PUT", "DELETE"]),
            Route("/api/v1/events", self.events),
            Route("/api/v1/cookies", self.cookies),
            Route("/healthz", self.echo),
            Route("/metrics", self.echo),
        ]
        self.app = Starlette(routes=routes)

    async def echo(self, request: Request) -> Response:
        body = await request.body()
        facts = {
            "method": request.method,
            "target": request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode(),
            "headers": dict(request.headers),
            "size": len(body),
        }
        return JSONResponse(facts, status_code=201 if request.method == "POST" else 200)

    async def events(self, _request: Request) -> Response:
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        self.open_streams += 1
        try:
            for number in range(100):
                yield f"id: {number}\ndata: token\n\n"
                await asyncio.sleep(EVENT_INTERVAL_S)
        finally:
            self.open_streams -= 1

    async def cookies(self, _request: Request) -> Response:
        response = Response(status_code=204)
        response.set_cookie("refresh_token", "a", httponly=True)
        response.set_cookie("theme", "b")
        return response


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, proxy_headers=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>app</title>")
    (folder / "assets" / "app-1a2b.js").write_text("run()")
    (tmp_path / "secret.txt").write_text("not served")
    return folder


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def web(frontend: Path, backend: Backend) -> Iterator[httpx.Client]:
    with served(backend.app) as backend_url:
        app = make_app(frontend, backend_url, f"http://127.0.0.1:{free_port()}")
        with served(app) as url, httpx.Client(base_url=url, timeout=20, trust_env=False) as client:
            yield client


@pytest.mark.parametrize("page", ["/", "/interviews/4f2c", "/sign-in"])
def test_every_page_of_the_app_gets_its_html_and_is_never_stale(web: httpx.Client, page: str) -> None:
    answer = web.get(page)

    assert (answer.status_code, answer.text) == (200, "<title>app</title>")
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_that_lies_there_compressed_is_sent_so_to_whoever_takes_it(web: httpx.Client, frontend: Path) -> None:
    (frontend / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"run()"))

    taken = web.get("/assets/app-1a2b.js")
    plain = web.get("/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})

    assert taken.text == plain.text == "run()"
    assert taken.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert taken.headers["content-type"] == plain.headers["content-type"]
    assert taken.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert taken.headers["etag"] != plain.headers["etag"]


def test_files_named_by_their_hash_are_kept_by_the_browser(web: httpx.Client) -> None:
    answer = web.get("/assets/app-1a2b.js")

    assert answer.text == "run()"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/..%2fsecret.txt", "/%2e%2e/secret.txt"])
def test_a_missing_file_is_404_and_nothing_outside_is_served(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def status_line(web: httpx.Client, target: str) -> tuple[int, str]:
    """Ask for a target exactly as it is written, which an HTTP client would tidy up; return status and body."""
    with socket.create_connection((web.base_url.host, web.base_url.port), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize(
    "target",
    [
        "/metrics",
        "//metrics",
        "/metrics/",
        "/api/../metrics",
        "/api/v1/../../metrics",
        "/docs/../metrics",
        "/api/%2e%2e/metrics",
        "/api/..%2fmetrics",
        "/api/x/%2e%2e/%2e%2e/metrics",
    ],
)
def test_the_figures_of_the_backend_are_not_published(web: httpx.Client, target: str) -> None:
    status, body = status_line(web, target)

    assert "/metrics" not in body
    assert (status, body) == (200, "<title>app</title>") or status in (400, 404, 405)


def test_a_request_reaches_the_backend_as_it_was_sent(web: httpx.Client) -> None:
    answer = web.post(
        "/api/v1/echo/%ED%95%9C%2Fa?q=%2B&q=2", content=b"x" * 3_000_000, headers={"authorization": "Bearer t"}
    )

    seen = answer.json()
    assert answer.status_code == 201
    assert seen["target"] == "/api/v1/echo/%ED%95%9C%2Fa?q=%2B&q=2"
    assert seen["size"] == 3_000_000
    assert seen["headers"]["authorization"] == "Bearer t"
    assert seen["headers"]["host"] == web.base_url.netloc.decode()


def test_a_client_cannot_lie_about_its_address(web: httpx.Client) -> None:
    seen = web.get("/api/v1/echo/", headers={"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9"}).json()

    assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert "forwarded" not in seen["headers"]


def test_every_cookie_of_an_answer_arrives(web: httpx.Client) -> None:
    assert len(web.get("/api/v1/cookies").headers.get_list("set-cookie")) == 2


def test_one_browsers_cookie_is_never_sent_with_anothers_request(web: httpx.Client) -> None:
    web.get("/api/v1/cookies")
    stranger = httpx.get(f"{web.base_url}/api/v1/echo/me")
    assert "cookie" not in stranger.json()["headers"]


def test_events_arrive_one_by_one(web: httpx.Client) -> None:
    with web.stream("GET", "/api/v1/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        arrivals = []
        for line in answer.iter_lines():
            if line.startswith("id:"):
                arrivals.append(time.monotonic())
            if len(arrivals) == 3:
                break

    assert arrivals[2] - arrivals[0] > EVENT_INTERVAL_S


def test_a_stream_ends_at_the_backend_when_the_browser_leaves(web: httpx.Client, backend: Backend) -> None:
    with web.stream("GET", "/api/v1/events") as answer:
        # Kept, because an iterator that is thrown away closes its connection.
        lines = answer.iter_lines()
        next(lines)
        assert backend.open_streams == 1

    deadline = time.monotonic() + 10
    while backend.open_streams and time.monotonic() < deadline:
        time.sleep(0.05)
    assert backend.open_streams == 0


def test_more_streams_than_a_connection_pool_usually_has_leave_room_for_requests(web: httpx.Client) -> None:
    async def open_many() -> int:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=web.base_url, limits=limits, timeout=30, trust_env=False) as client:
            streams = [client.stream("GET", "/api/v1/events") for _ in range(120)]
            answers = await asyncio.gather(*(stream.__aenter__() for stream in streams))
            status = (await client.get("/healthz")).status_code
            await asyncio.gather(*(answer.aclose() for answer in answers))
            return status

    assert asyncio.run(open_many()) == 200


def test_a_server_that_is_away_is_503_in_the_error_shape(web: httpx.Client) -> None:
    answer = web.get("/media/health")

    assert answer.status_code == 503
    assert answer.json()["error_code"] == "SERVICE_UNAVAILABLE"
    assert answer.json().keys() == {"detail", "error_code", "timestamp", "details", "request_id"}
    assert "media server" in answer.json()["detail"]
