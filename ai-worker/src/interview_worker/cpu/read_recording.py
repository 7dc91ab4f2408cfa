"""The child process that opens one uploaded recording: the file on stdin, a line of JSON and its samples on stdout."""

import json
import os
import sys

from interview_core.errors import InterviewError
from interview_worker.cpu.read_document import Limits, limit_resources
from interview_worker.engines.audio import decode_audio

MAX_BYTES = 25 * 1024 * 1024
MAX_S = 600
LIMITS = Limits(wall_s=60, cpu_s=40, memory_bytes=1024 * 1024 * 1024)


def main() -> None:
    limit_resources(LIMITS)
    # Whatever a library prints goes nowhere; only the answer reaches the pipe.
    answer_pipe = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    head: dict[str, object] = {}
    samples = b""
    try:
        samples = decode_audio(sys.stdin.buffer.read(MAX_BYTES + 1), max_s=MAX_S).tobytes()
    except InterviewError as error:
        head = {"error_code": error.code}
    except MemoryError:
        head = {"error_code": "AUDIO_TOO_LONG"}
    with os.fdopen(answer_pipe, "wb") as pipe:
        pipe.write(json.dumps(head).encode() + b"\n" + samples)


if __name__ == "__main__":
    main()
