"""Trials B2 and B3: whatever is sent is read or refused with a reason, within its limits, and the worker lives on."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.documents import DocumentRefused, Refusal
from interview_worker.cpu.read_document import SCAN_FOUND, SCAN_LIMITS, TEXT_LIMITS
from tests.samples.bad_documents import BadDocument, make_bad_documents
from tests.samples.mutations import mutations
from tests.samples.read_alone import read_alone


def verdict_of(content: bytes) -> Refusal | None:
    try:
        ChildDocumentReader().read(content)
    except DocumentRefused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize("bad", list(make_bad_documents()), ids=lambda bad: bad.name)
def test_each_file_gets_its_verdict_within_the_limits(bad: BadDocument, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bad.make())

    reading = read_alone(file)

    assert reading.verdict == bad.verdict
    assert reading.took_s < TEXT_LIMITS.wall_s + (SCAN_LIMITS.wall_s if bad.is_scan else 0) + 2
    assert reading.peak_mb <= TEXT_LIMITS.memory_bytes / 1024 / 1024


@pytest.mark.parametrize("seed", [1, 2])
def test_a_thousand_changed_files_are_each_read_or_refused_with_a_reason(seed: int) -> None:
    command = [sys.executable, "-m", "tests.samples.mutations", str(seed), "600"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280)

    outcomes = Counter(json.loads(done.stdout))

    assert sum(outcomes.values()) == 600
    assert outcomes.keys() <= {"read", "timed out", SCAN_FOUND, *Refusal}


def test_changed_files_through_the_workers_own_reader_end_with_a_verdict() -> None:
    verdicts = Counter(verdict_of(content) for content in mutations(seed=3, count=40))

    assert sum(verdicts.values()) == 40
    assert set(verdicts) <= {None, *Refusal}
