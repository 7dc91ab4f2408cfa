"""A server on this machine that speaks the protocols of the providers, and misbehaves on command."""

import io
import json
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

MODEL = "served-model"


@dataclass(frozen=True)
class Behaviour:
    """How a request is answered."""

    text: str = "안녕하세요."
    piece: int = 5
    finish: str | None = "stop"
    """None: the stream ends without saying that it is the end."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    """Instead of the protocol."""
    before_headers_s: float = 0
    after_headers_s: float = 0
    between_s: float = 0
    breaks_after: int | None = None
    """Pieces after which the connection is reset."""
    drops_kept: bool = False
    """The connection is kept for the next request, and closed in that one's face."""


HANG_S = 60
FINISH = {
    "openai": {"stop": "stop", "length": "length", "refused": "content_filter"},
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"},
    "gemini": {"stop": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"},
}


class ProviderServer:
    """Answers each request with the next behaviour; the last one stays."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.behaviours: list[Behaviour] = [Behaviour()]
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.cancelled = 0
        """Streams whose reader went away before the end."""
        self._lock = threading.Lock()

    @property
    def openai_url(self) -> str:
        return f"{self.address}/v1"

    def behave(self, *behaviours: Behaviour) -> None:
        with self._lock:
            self.behaviours = list(behaviours)

    def take(self, body: dict[str, Any], key: str) -> Behaviour:
        with self._lock:
            self.requests.append(body)
            self.keys.append(key)
            return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def note_cancelled(self) -> None:
        with self._lock:
            self.cancelled += 1


@contextmanager
def serve_provider() -> Iterator[ProviderServer]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.daemon_threads = True
    server = ProviderServer(f"http://127.0.0.1:{httpd.server_address[1]}")
    httpd.provider = server  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class _ReaderGone(Exception):
    pass


class _StreamBroken(Exception):
    """On command."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    has_answered = False

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        pass

    def do_POST(self) -> None:
        server: ProviderServer = self.server.provider  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Authorization") or self.headers.get("x-api-key") or self.headers.get("x-goog-api-key")
        behaviour = server.take(body, key or "")
        self.close_connection = not behaviour.drops_kept or self.has_answered
        if behaviour.drops_kept and self.has_answered:
            return
        try:
            self._answer(behaviour)
            self.has_answered = True
        except (_ReaderGone, BrokenPipeError, ConnectionResetError):
            server.note_cancelled()
        except _StreamBroken:
            self.wfile = io.BytesIO()  # the library flushes it, and its socket is closed

    def _answer(self, behaviour: Behaviour) -> None:
        self._wait(behaviour.before_headers_s)
        self.send_response(behaviour.status)
        for name, value in behaviour.headers.items():
            self.send_header(name, value)
        is_stream = behaviour.status == 200
        self.send_header("Content-Type", "text/event-stream" if is_stream else "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        self.wfile.flush()
        self._wait(behaviour.after_headers_s)
        if behaviour.body is not None:
            self._write(behaviour.body)
        elif not is_stream:
            self._write(json.dumps({"error": {"message": "no", "type": "error", "code": None}}))
        else:
            self._stream(behaviour)
        self.wfile.write(b"0\r\n\r\n")

    def _stream(self, behaviour: Behaviour) -> None:
        protocol = _protocol(self.path)
        for event in protocol.opening():
            self._write(event)
        pieces = [behaviour.text[i : i + behaviour.piece] for i in range(0, len(behaviour.text), behaviour.piece)]
        for count, piece in enumerate(pieces):
            if count == behaviour.breaks_after:
                self._reset()
            self._write(protocol.piece(piece))
            self._wait(behaviour.between_s)
        if behaviour.finish is not None:
            for event in protocol.closing(FINISH[protocol.name].get(behaviour.finish, behaviour.finish)):
                self._write(event)

    def _write(self, text: str) -> None:
        data = text.encode()
        if data:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

    def _wait(self, seconds: float) -> None:
        """Wait, but not for a reader that went away."""
        if not seconds:
            return
        # A whole run of the tests may have more files open than `select` can name.
        reader = select.poll()
        reader.register(self.connection, select.POLLIN)
        if reader.poll(seconds * 1000) and not self.connection.recv(1, socket.MSG_PEEK):
            raise _ReaderGone

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise _StreamBroken


class _OpenAI:
    name = "openai"

    def opening(self) -> list[str]:
        return [self._event({"choices": [self._choice({"role": "assistant", "content": ""})]})]

    def piece(self, text: str) -> str:
        return self._event({"choices": [self._choice({"content": text})]})

    def closing(self, finish: str) -> list[str]:
        usage = {
            "prompt_tokens": 21,
            "completion_tokens": 7,
            "total_tokens": 28,
            "prompt_tokens_details": {"cached_tokens": 13},
        }
        return [
            self._event({"choices": [self._choice({}, finish)]}),
            self._event({"choices": [], "usage": usage}),
            "data: [DONE]\n\n",
        ]

    def _choice(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "finish_reason": finish}

    def _event(self, data: dict[str, Any]) -> str:
        head = {"id": "chat-1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
        return f"data: {json.dumps(head | data)}\n\n"


class _Anthropic:
    name = "anthropic"
    _usage: ClassVar[dict[str, int]] = {
        "input_tokens": 8,
        "cache_read_input_tokens": 13,
        "cache_creation_input_tokens": 0,
        "output_tokens": 7,
    }

    def opening(self) -> list[str]:
        usage = self._usage | {"output_tokens": 1}
        message = {"id": "m1", "type": "message", "role": "assistant", "content": [], "model": MODEL, "usage": usage}
        block = {"type": "text", "text": ""}
        return [
            self._event("message_start", {"message": message | {"stop_reason": None, "stop_sequence": None}}),
            self._event("content_block_start", {"index": 0, "content_block": block}),
        ]

    def piece(self, text: str) -> str:
        return self._event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": text}})

    def closing(self, finish: str) -> list[str]:
        delta = {"stop_reason": finish, "stop_sequence": None}
        return [
            self._event("content_block_stop", {"index": 0}),
            self._event("message_delta", {"delta": delta, "usage": self._usage}),
            self._event("message_stop", {}),
        ]

    def _event(self, kind: str, data: dict[str, Any]) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind} | data)}\n\n"


class _Gemini:
    name = "gemini"

    def opening(self) -> list[str]:
        return []

    def piece(self, text: str) -> str:
        return self._event({"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}, {})

    def closing(self, finish: str) -> list[str]:
        usage = {
            "promptTokenCount": 21,
            "candidatesTokenCount": 7,
            "totalTokenCount": 28,
            "cachedContentTokenCount": 13,
        }
        last = {"content": {"role": "model", "parts": [{"text": ""}]}, "index": 0, "finishReason": finish}
        return [self._event(last, {"usageMetadata": usage})]

    def _event(self, candidate: dict[str, Any], more: dict[str, Any]) -> str:
        return f"data: {json.dumps({'candidates': [candidate], 'modelVersion': MODEL} | more)}\r\n\r\n"


def _protocol(path: str) -> _OpenAI | _Anthropic | _Gemini:
    if "chat/completions" in path:
        return _OpenAI()
    return _Anthropic() if path.endswith("/messages") else _Gemini()
