"""The built frontend as nginx serves it, with an API behind it that gives the answers of one state."""

import json
import mimetypes
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.pages.contract import PREFIX, assert_answers, assert_is_schema
from tests.stack import ROOT

DIST = ROOT / "frontend" / "dist"
_NGINX = (ROOT / "docker" / "nginx" / "default.conf.template").read_text("utf-8")
_PAGE_HEADERS = [
    (name, quoted or bare)
    for name, quoted, bare in re.findall(
        r'add_header (\S+) (?:"([^"]+)"|([^";]+));', _NGINX.split("location = /index.html")[1]
    )
]

STATE_HEADER = "X-State"
"""Names the state that a request is of, so that none of the state before is taken for one of this."""


@dataclass(frozen=True)
class Reply:
    """What the API answers; `HANG` never answers, `AWAY` breaks the connection."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


HANG = Reply(status=0)
AWAY = Reply(status=-1)


@dataclass(frozen=True)
class Event:
    """A server-sent event whose data is a schema of the API, or has none."""

    name: str
    data: Any
    schema: str | None = None


@dataclass(frozen=True)
class Stream:
    """An event stream that stays open after its events."""

    events: tuple[Event, ...] = ()


Answers = dict[str, Any]
"""By request, such as `GET /resumes`, with its query where that matters: a Reply, a Stream, or the JSON of a 200."""


class PageServer:
    def __init__(self) -> None:
        self._answers: Answers = {}
        self._is_replaced = threading.Event()
        self._state = 0
        self.unanswered: list[str] = []
        """Requests that the state shown has no answer for."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def show(self, answers: Answers) -> str:
        """Answer with these from now on, and end what is still open of the ones before; return the state's name."""
        for request, answer in answers.items():
            _check(request.split("?")[0], answer)
        self._is_replaced.set()
        self._is_replaced = threading.Event()
        self._answers = answers
        self.unanswered = []
        self._state += 1
        return str(self._state)

    def answer(self, request: str, state: str | None) -> tuple[Any, threading.Event]:
        """Return the answer, and what is set when it is no longer valid."""
        if state not in (None, str(self._state)):
            return AWAY, self._is_replaced
        for known in (request, request.split("?")[0]):
            if known in self._answers:
                return self._answers[known], self._is_replaced
        self.unanswered.append(request)
        return Reply(404), self._is_replaced

    @contextmanager
    def running(self) -> Iterator["PageServer"]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield self
        finally:
            self._is_replaced.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def _check(request: str, answer: Any) -> None:
    if isinstance(answer, Stream):
        for event in answer.events:
            if event.schema:
                assert_is_schema(event.schema, event.data)
    elif not isinstance(answer, Reply):
        assert_answers(request, 200, answer)
    elif answer.status > 0 and answer.media_type == "application/json" and not request.startswith("POST /media/"):
        assert_answers(request, answer.status, answer.body)


@cache
def _file(path: str) -> tuple[bytes, str, bool] | None:
    """The file's bytes as they are sent, its type, and whether they are compressed."""
    file = DIST / path.lstrip("/")
    if not file.is_file():
        return None
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    beside = file.with_name(f"{file.name}.gz")
    if beside.is_file():
        return beside.read_bytes(), media_type, True
    return file.read_bytes(), media_type, False


def _handler(server: PageServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without it each answer waits for the acknowledgement of its headers.
        disable_nagle_algorithm = True
        pages: ClassVar[PageServer] = server

        def log_message(self, *_: Any) -> None:
            """Say nothing: a test says what went wrong."""

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def do_PUT(self) -> None:
            self._serve("PUT")

        def do_PATCH(self) -> None:
            self._serve("PATCH")

        def do_DELETE(self) -> None:
            self._serve("DELETE")

        def _serve(self, method: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = self.path.split("?")[0]
            if path.startswith(PREFIX):
                self._answer(f"{method} {self.path.removeprefix(PREFIX)}")
            elif path.startswith("/media/"):
                self._answer(f"{method} {path}")
            else:
                self._send_file(path)

        def _answer(self, request: str) -> None:
            answer, is_replaced = self.pages.answer(request, self.headers[STATE_HEADER])
            if answer == HANG:
                is_replaced.wait()
            elif isinstance(answer, Stream):
                self._stream(answer, is_replaced)
            elif isinstance(answer, Reply) and answer.status > 0:
                self._reply(answer)
            elif not isinstance(answer, Reply):
                self._reply(Reply(body=answer))
            if answer in (HANG, AWAY):
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

        def _reply(self, reply: Reply) -> None:
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            if reply.status == 204:
                body = b""
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.media_type, **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, stream: Stream, is_replaced: threading.Event) -> None:
            self.close_connection = True
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for number, event in enumerate(stream.events, 1):
                text = f"event: {event.name}\nid: {number}-0\ndata: {json.dumps(event.data)}\n\n"
                self.wfile.write(text.encode())
            self.wfile.flush()
            is_replaced.wait()

        def _send_file(self, path: str) -> None:
            is_page = "." not in path.rsplit("/", 1)[-1]
            found = _file("index.html" if is_page else path)
            if found is None:
                self.send_error(404)
                return
            content, media_type, is_compressed = found
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            if is_compressed:
                self.send_header("Content-Encoding", "gzip")
            if is_page:
                for name, value in _PAGE_HEADERS:
                    self.send_header(name, value)
            elif path.startswith("/assets/"):
                self.send_header("Cache-Control", "public, max-age=31536000, immutable")
            self.end_headers()
            self.wfile.write(content)

    return Handler
