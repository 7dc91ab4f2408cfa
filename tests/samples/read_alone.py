"""Reads one file as the worker does: `python -m tests.samples.read_alone FILE` prints the verdict and what it took.

A process of its own, and a small one: a child's peak of memory begins at that of the process that it was forked from.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.documents import DocumentRefused


@dataclass(frozen=True)
class Reading:
    verdict: str | None
    """None: the file was read."""
    took_s: float
    peak_mb: float
    """Of the largest process that read."""


def read_alone(path: Path) -> Reading:
    """Read a file with the worker's reader, in another process."""
    command = [sys.executable, "-m", "tests.samples.read_alone", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return Reading(**json.loads(done.stdout))


def main() -> None:
    content = Path(sys.argv[1]).read_bytes()
    started = time.monotonic()
    try:
        ChildDocumentReader().read(content)
        verdict = None
    except DocumentRefused as refused:
        verdict = refused.refusal.value
    took_s = time.monotonic() - started
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sys.stdout.write(json.dumps(asdict(Reading(verdict, round(took_s, 2), round(peak_mb)))))


if __name__ == "__main__":
    main()
