"""The recogniser's process: what it answers, and that neither crash nor hang nor missing weights stop anything else."""

import os
import signal
import time
from pathlib import Path

import pytest

from interview_worker.engines.speech_recognition import (
    OFF,
    RecogniserFailed,
    RecogniserState,
    RecogniserStatus,
    RecogniserUnavailable,
    WhisperProcess,
)
from tests.samples.speak import KOREAN, Samples, speak


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak(KOREAN)


def test_words_come_with_times_in_order_and_how_sure_each_is(recogniser, speech):
    transcript = recogniser.transcribe(speech.tobytes(), "ko")

    assert transcript.words
    assert transcript.text == " ".join(word.text for word in transcript.words)
    starts = [word.start_ms for word in transcript.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_ms <= word.end_ms <= 30_000 for word in transcript.words)
    assert all(0 <= word.probability <= 1 for word in transcript.words)


def test_the_model_is_loaded_once_for_all_segments(recogniser, speech):
    first = recogniser.transcribe(speech.tobytes(), "ko")
    process = recogniser.pid
    second = recogniser.transcribe(speech.tobytes(), "ko")

    assert recogniser.pid == process
    assert first == second


def test_a_killed_recogniser_is_started_again_and_the_segment_is_answered(recogniser, speech):
    before = recogniser.transcribe(speech.tobytes(), "ko")
    killed = recogniser.pid
    os.kill(killed, signal.SIGKILL)

    assert recogniser.transcribe(speech.tobytes(), "ko") == before
    assert recogniser.pid != killed


def test_a_recogniser_that_hangs_is_ended_at_the_deadline_and_the_next_segment_is_answered(whisper_folder, speech):
    recogniser = WhisperProcess(str(whisper_folder), threads=1, segment_limit_s=20)
    try:
        recogniser.transcribe(speech.tobytes(), "ko")
        hung = recogniser.pid
        os.kill(hung, signal.SIGSTOP)
        recogniser._segment_limit_s = 0.5
        started = time.monotonic()
        with pytest.raises(RecogniserFailed, match="too long"):
            recogniser.transcribe(speech.tobytes(), "ko")
        assert time.monotonic() - started < 10
        recogniser._segment_limit_s = 20
        assert recogniser.transcribe(speech.tobytes(), "ko").words
        assert recogniser.pid != hung
    finally:
        recogniser.close()


def test_a_folder_without_a_model_is_told_once_and_not_tried_again_at_once(tmp_path: Path, speech):
    statuses = []
    recogniser = WhisperProcess(str(tmp_path), on_status=statuses.append)

    for _ in range(2):
        with pytest.raises(RecogniserUnavailable, match="cannot be loaded"):
            recogniser.transcribe(speech.tobytes(), "ko")

    assert [status.state for status in statuses].count(RecogniserState.LOADING) == 1
    assert statuses[-1].state is RecogniserState.MISSING
    assert "fetch it again" in (statuses[-1].reason or "")


def test_a_model_that_cannot_be_downloaded_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speech):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    statuses = []
    recogniser = WhisperProcess("base", on_status=statuses.append)

    with pytest.raises(RecogniserUnavailable, match="SPEECH_MODEL"):
        recogniser.transcribe(speech.tobytes(), "ko")
    assert not recogniser.fetch()

    assert statuses[-1].state is RecogniserState.MISSING


def test_fetching_leaves_no_process_behind(whisper_folder):
    statuses = []
    recogniser = WhisperProcess(str(whisper_folder), on_status=statuses.append)

    assert recogniser.fetch()

    assert statuses[-1] == RecogniserStatus(RecogniserState.FETCHED, whisper_folder.name)
    assert recogniser.pid is None


def test_a_recogniser_that_is_switched_off_says_so(speech):
    with pytest.raises(RecogniserUnavailable, match="switched off"):
        WhisperProcess(OFF).transcribe(speech.tobytes(), "ko")


def test_the_recogniser_ends_when_its_worker_is_gone(recogniser, speech):
    recogniser.transcribe(speech.tobytes(), "ko")
    child = recogniser._child
    child.stdin.close()

    assert child.wait(timeout=20) == 0


def test_the_recogniser_gets_none_of_the_workers_secrets(recogniser, speech, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://canary")
    recogniser.transcribe(speech.tobytes(), "ko")

    assert b"canary" not in Path(f"/proc/{recogniser.pid}/environ").read_bytes()
