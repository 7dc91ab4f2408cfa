"""Trials F1, P4 and B12 for speech, on the platform's own processes and a recogniser of random weights."""

import os
import signal
from uuid import UUID, uuid4

import psutil
import pytest
from sqlalchemy import text

from interview_core.contract.payloads import ImportRecording
from interview_core.contract.tasks import IMPORT_RECORDING
from interview_core.db.speech import load_take, start_take
from interview_core.db.tables import ConsentPurpose, Interview
from interview_core.jobs import enqueue
from interview_core.speech import TranscriptState
from interview_core.storage import Storage
from tests.factories import end_answer, hear_segment, make_interview, make_user, open_question
from tests.faults.work import assert_each_done_once, job_of, wait_until_running, wait_until_settled
from tests.samples.make_whisper import make_whisper
from tests.samples.speak import KOREAN, encode, speak
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

SPOKEN = (ConsentPurpose.TRANSCRIPTION, ConsentPurpose.SCORING)


@pytest.fixture
def speaking(stack: Stack) -> Stack:
    """A platform whose CPU worker recognises speech."""
    stack.environment["SPEECH_MODEL"] = str(make_whisper(stack.folder / "whisper"))
    stack.start("worker-cpu", "sweeper")
    return stack


def say(stack: Stack, *, is_over: bool = True) -> tuple[Interview, UUID, UUID]:
    """An answer of one segment in storage; returns the interview, its question and the job."""
    with stack.sessions() as session:
        interview = make_interview(session, make_user(session), consents=SPOKEN)
        segment = hear_segment(session, interview)
        Storage(stack.environment["STORAGE_URL"]).put(segment.audio, encode(speak(KOREAN)))
        question_id = open_question(session, interview)
        if is_over:
            end_answer(session, interview, 0)
    return interview, question_id, job_of(stack, interview.id, "speech.transcribe")


def state(stack: Stack, question_id: UUID) -> TranscriptState:
    with stack.sessions() as session:
        return load_take(session, question_id, 1).state


def recognisers(stack: Stack) -> list[psutil.Process]:
    return [
        process
        for process in stack.services["worker-cpu"].family()
        if "interview_worker.engines.whisper_process" in " ".join(process.cmdline())
    ]


def test_an_answer_is_written_down_once_though_its_worker_is_killed(speaking: Stack) -> None:
    interview, question_id, job_id = say(speaking)
    with speaking.locked("speech_segment", interview.id, "interview_id"):
        wait_until_running(speaking, job_id)
        for child in speaking.services["worker-cpu"].pool_children():
            child.kill()
    wait_until_settled(speaking, [job_id])
    assert_each_done_once(speaking, [job_id])
    assert state(speaking, question_id) is TranscriptState.READY


def test_a_recogniser_killed_while_it_listens_costs_nothing_and_none_outlives_its_worker(speaking: Stack) -> None:
    _, _, first = say(speaking)
    wait_until_settled(speaking, [first], within_s=60)
    recogniser = recognisers(speaking)[0]
    recogniser.suspend()
    _, question_id, job_id = say(speaking)
    wait_until_running(speaking, job_id)

    os.kill(recogniser.pid, signal.SIGKILL)

    wait_until_settled(speaking, [job_id], within_s=60)
    assert speaking.one("SELECT attempt FROM job WHERE id = :id", id=job_id) == 1
    assert state(speaking, question_id) is TranscriptState.READY
    left = recognisers(speaking)
    assert [process.pid for process in left] != [recogniser.pid]

    speaking.services["worker-cpu"].stop()

    wait_for(lambda: not any(process.is_running() for process in left), within_s=20, what="the recogniser ends")


def test_an_uploaded_answer_becomes_a_transcript(speaking: Stack) -> None:
    with speaking.sessions() as session:
        interview = make_interview(session, make_user(session), consents=SPOKEN)
        question_id, key = open_question(session, interview), f"recordings/{interview.id}/{uuid4()}.webm"
        Storage(speaking.environment["STORAGE_URL"]).put(key, encode(speak(KOREAN), "webm", rate=48_000))
        start_take(session, interview.id, question_id, 1, 1, recording=key)
        enqueue(session, IMPORT_RECORDING, ImportRecording(question_id=question_id, take=1), subject_id=interview.id)
        session.commit()

    wait_for(lambda: state(speaking, question_id) is TranscriptState.READY, within_s=60, what="the transcript")
    audio = speaking.folder / "uploads"
    wait_for(
        lambda: not [path for name in ("speech", "recordings") for path in (audio / name).rglob("*.*")],
        within_s=30,
        what="without consent to recording no audio is left",
    )


def test_a_withdrawn_consent_reaches_files_within_a_minute_and_the_rest_goes_on(speaking: Stack) -> None:
    interview, _, first = say(speaking, is_over=False)
    wait_until_settled(speaking, [first], within_s=60)
    with speaking.sessions() as session:
        waiting = hear_segment(session, interview, 1)
        session.execute(text("UPDATE job SET run_after = now() + interval '1 hour' WHERE state = 'queued'"))
        session.commit()
        audio = speaking.folder / "uploads" / waiting.audio
        Storage(speaking.environment["STORAGE_URL"]).put(waiting.audio, encode(speak(KOREAN)))
        from interview_api.interviews import schemas, service

        service.update_consents(
            session, interview.user_id, interview.id, schemas.Consents(scoring=True), is_emotion_enabled=False
        )

    assert speaking.one("SELECT count(*) FROM speech_segment WHERE text IS NOT NULL") == 0
    wait_for(lambda: not audio.exists(), within_s=60, what="the audio is deleted")
    assert (
        speaking.one("SELECT state FROM job WHERE task = 'speech.transcribe' ORDER BY created_at DESC") == "cancelled"
    )
    assert speaking.one("SELECT status FROM interview") == "in_progress"
