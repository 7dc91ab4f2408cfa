"""Frames over the pipes of a child process: a length and JSON, with bytes behind it on the way in."""

import json
import os
import select
import struct
import time
from typing import IO, Any

_REQUEST = struct.Struct("!II")
_ANSWER = struct.Struct("!I")
_MAX_ANSWER_BYTES = 4 * 1024 * 1024

Message = dict[str, Any]


class PipeClosed(Exception):
    """The other side is gone."""


class PipeLate(Exception):
    """The other side did not answer in time."""


def write_request(pipe: IO[bytes], header: Message, body: bytes, *, deadline_s: float) -> None:
    """Send a request to the child.

    `deadline_s` is a time of the monotonic clock.

    Raises:
        PipeClosed: the child is gone.
        PipeLate: it does not take the whole of it in time.
    """
    head = json.dumps(header).encode()
    left = memoryview(_REQUEST.pack(len(head), len(body)) + head + body)
    # A child that hangs reads nothing, and a full pipe would hold its writer for ever.
    os.set_blocking(pipe.fileno(), False)
    while left:
        wait_s = deadline_s - time.monotonic()
        if not _is_ready(pipe.fileno(), select.POLLOUT, wait_s):
            raise PipeLate
        try:
            left = left[os.write(pipe.fileno(), left) :]
        except BlockingIOError:
            continue
        except BrokenPipeError as error:
            raise PipeClosed from error


def read_request(pipe: IO[bytes]) -> tuple[Message, bytes] | None:
    """Return the next request in the child; None when the parent is gone."""
    sizes = pipe.read(_REQUEST.size)
    if len(sizes) < _REQUEST.size:
        return None
    head_size, body_size = _REQUEST.unpack(sizes)
    head, body = pipe.read(head_size), pipe.read(body_size)
    return (json.loads(head), body) if len(body) == body_size else None


def write_answer(pipe: IO[bytes], answer: Message) -> None:
    content = json.dumps(answer).encode()
    pipe.write(_ANSWER.pack(len(content)) + content)
    pipe.flush()


def read_answer(pipe: IO[bytes], *, deadline_s: float) -> Message:
    """Return the child's next answer.

    `deadline_s` is a time of the monotonic clock.

    Raises:
        PipeClosed: the child is gone, or what it sent is no answer.
        PipeLate: nothing whole came in time.
    """
    (size,) = _ANSWER.unpack(_read(pipe.fileno(), _ANSWER.size, deadline_s))
    if size > _MAX_ANSWER_BYTES:
        raise PipeClosed
    answer: Message = json.loads(_read(pipe.fileno(), size, deadline_s))
    return answer


def _read(descriptor: int, size: int, deadline_s: float) -> bytes:
    content = b""
    while len(content) < size:
        left_s = deadline_s - time.monotonic()
        if not _is_ready(descriptor, select.POLLIN, left_s):
            raise PipeLate
        block = os.read(descriptor, size - len(content))
        if not block:
            raise PipeClosed
        content += block
    return content


def _is_ready(descriptor: int, event: int, wait_s: float) -> bool:
    # `select` fails in a process with more than 1,024 files open.
    poller = select.poll()
    poller.register(descriptor, event)
    return wait_s > 0 and bool(poller.poll(wait_s * 1000))
