"""What a frame shows is stored only where purpose and consent allow it, before and after looking."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select, text

from interview_core.contract.broker import Broker
from interview_core.contract.payloads import AnalyzeFrame
from interview_core.contract.queues import Queue
from interview_core.db.interviews import lock_interview
from interview_core.db.tables import (
    ConsentPurpose,
    FrameAnalysis,
    Interview,
    InterviewStatus,
    Purpose,
)
from interview_core.errors import EngineUnavailable
from interview_core.frames import Frame
from interview_core.streams import frame_in_flight, frame_slot
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.resources import CpuResources
from interview_worker.cpu.vision import analyze_frame
from interview_worker.engines.embedding import SentenceEmbedding
from interview_worker.engines.emotion import FaceReading
from interview_worker.engines.typst_engine import TypstTypesetter
from tests.factories import emotion_consent, forge, make_interview, make_user
from tests.stack import wait_for

HAPPY = FaceReading(True, {"happy": 0.9, "neutral": 0.1}, is_facing=True, luminance=120.0)


class FakeEmotion:
    """Says what it is told, and does something while it looks."""

    def __init__(self, reading: FaceReading = HAPPY) -> None:
        self.reading = reading
        self.seen: list[bytes] = []
        self.meanwhile: Any = None

    def analyze(self, jpeg: bytes) -> FaceReading:
        self.seen.append(jpeg)
        if self.meanwhile:
            self.meanwhile()
        return self.reading


@pytest.fixture
def resources(sessions, storage, redis, redis_url, events) -> CpuResources:
    return CpuResources(
        sessions=sessions,
        storage=storage,
        redis=redis,
        events=events,
        broker=Broker(redis_url),
        documents=ChildDocumentReader(),
        embedding=SentenceEmbedding("unused"),
        emotion=FakeEmotion(),
        is_emotion_enabled=True,
        voice_activity=None,
        recogniser=None,
        typesetter=TypstTypesetter(),
    )


@pytest.fixture
def interview(session) -> Interview:
    return make_interview(session, make_user(session), consents=(ConsentPurpose.EMOTION,))


def send(resources: CpuResources, interview: Interview, frame_ms: int = 1000, epoch: int = 1) -> AnalyzeFrame:
    """Put a frame into the slot as the media server does."""
    resources.redis.set(frame_slot(interview.id), Frame(epoch, frame_ms, b"jpeg %d" % frame_ms).pack(), ex=10)
    resources.redis.set(frame_in_flight(interview.id), 1, nx=True, ex=15)
    return AnalyzeFrame(interview_id=interview.id, epoch=epoch, frame_ms=frame_ms)


def stored(session) -> list[tuple[int, int]]:
    session.rollback()
    rows = session.exec(select(FrameAnalysis).order_by(FrameAnalysis.epoch, FrameAnalysis.frame_ms)).all()
    return [(row.epoch, row.frame_ms) for row in rows]


def withdraw(session, interview: Interview) -> None:
    session.add(emotion_consent(interview, is_granted=False))
    session.commit()


def test_a_frame_of_a_consenting_candidate_is_stored_without_the_picture(resources, interview, session):
    analyze_frame(send(resources, interview), resources)

    row = session.exec(select(FrameAnalysis)).one()
    assert (row.epoch, row.frame_ms, row.is_face_found, row.emotion) == (1, 1000, True, HAPPY.emotion)
    assert (row.is_facing, row.luminance) == (True, 120.0)
    assert resources.redis.keys("frame*") == []


def test_no_face_is_stored_as_no_face_and_no_emotion(resources, interview, session):
    resources.emotion = FakeEmotion(FaceReading(False, None))

    analyze_frame(send(resources, interview), resources)

    row = session.exec(select(FrameAnalysis)).one()
    assert (row.is_face_found, row.emotion) == (False, None)


def forbid_purpose(resources, interview, session):
    interview.purpose = Purpose.ASSESSMENT
    forge(session, interview)


def forbid_consent(resources, interview, session):
    withdraw(session, interview)


def forbid_end(resources, interview, session):
    interview.status = InterviewStatus.FINISHED
    session.add(interview)
    session.commit()


def forbid_installation(resources, interview, session):
    resources.is_emotion_enabled = False


def forbid_epoch(resources, interview, session):
    interview.media_epoch = 2
    session.add(interview)
    session.commit()


FORBIDDEN = [forbid_purpose, forbid_consent, forbid_end, forbid_installation, forbid_epoch]


@pytest.mark.parametrize("forbid", FORBIDDEN)
def test_a_frame_that_is_not_allowed_is_not_even_looked_at(forbid, resources, interview, session):
    forbid(resources, interview, session)

    analyze_frame(send(resources, interview), resources)

    assert resources.emotion.seen == []
    assert stored(session) == []


@pytest.mark.parametrize("forbid", FORBIDDEN)
def test_what_is_no_longer_allowed_while_it_is_looked_at_is_not_stored(forbid, resources, interview, session):
    resources.emotion.meanwhile = lambda: forbid(resources, interview, session)

    analyze_frame(send(resources, interview), resources)

    assert len(resources.emotion.seen) == 1
    assert stored(session) == []


def test_a_withdrawal_that_is_stored_at_the_same_moment_wins(resources, interview, session, sessions):
    with sessions() as withdrawal, ThreadPoolExecutor(1) as worker:
        lock_interview(withdrawal, interview.id)
        withdrawal.add(emotion_consent(interview, is_granted=False))
        withdrawal.flush()
        analysis = worker.submit(analyze_frame, send(resources, interview), resources)
        is_waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
        wait_for(lambda: withdrawal.execute(text(is_waiting)).scalar(), within_s=30, what="the row waits for the lock")
        withdrawal.commit()
        analysis.result(30)

    assert stored(session) == []


@pytest.mark.parametrize("forged", ["message", "message and consent"])
def test_no_message_makes_an_assessment_have_emotions(forged, resources, session):
    assessment = make_interview(session, make_user(session), purpose=Purpose.ASSESSMENT)
    if forged == "message and consent":
        forge(session, emotion_consent(assessment))

    analyze_frame(send(resources, assessment), resources)

    assert resources.emotion.seen == []
    assert stored(session) == []


def test_an_interview_deleted_meanwhile_stores_nothing(resources, interview, session):
    def delete() -> None:
        session.delete(session.get_one(Interview, interview.id))
        session.commit()

    resources.emotion.meanwhile = delete
    analyze_frame(send(resources, interview), resources)
    assert stored(session) == []


def test_only_newer_frames_are_stored(resources, interview, session):
    for epoch, frame_ms in ((1, 1000), (1, 3000), (1, 2000), (1, 3000), (2, 500), (1, 9000)):
        analyze_frame(send(resources, interview, frame_ms, epoch), resources)

    assert stored(session) == [(1, 1000), (1, 3000), (2, 500)]


def test_an_empty_slot_is_no_error(resources, interview, session):
    analyze_frame(AnalyzeFrame(interview_id=uuid4(), epoch=1, frame_ms=1), resources)
    assert stored(session) == []


def test_a_frame_that_arrived_meanwhile_is_asked_for_and_one_that_did_not_is_not(resources, interview):
    resources.emotion.meanwhile = lambda: send(resources, interview, 2000)
    analyze_frame(send(resources, interview, 1000), resources)

    assert resources.broker.count_waiting(Queue.CPU) == 1
    assert resources.redis.exists(frame_in_flight(interview.id))

    resources.emotion.meanwhile = None
    analyze_frame(AnalyzeFrame(interview_id=interview.id, epoch=1, frame_ms=2000), resources)
    assert resources.broker.count_waiting(Queue.CPU) == 1
    assert not resources.redis.exists(frame_in_flight(interview.id))


def test_a_frame_that_cannot_be_analysed_frees_the_slot(resources, interview, session):
    def fail() -> None:
        raise EngineUnavailable("no weights")

    resources.emotion.meanwhile = fail
    with pytest.raises(EngineUnavailable):
        analyze_frame(send(resources, interview), resources)

    assert not resources.redis.exists(frame_in_flight(interview.id))
    assert stored(session) == []
