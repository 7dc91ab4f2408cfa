"""What video frames of a practice interview show, for the candidate alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, tuple_

from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import AnalyzeFrame
from interview_core.contract.tasks import ANALYZE_FRAME
from interview_core.db.interviews import current_consents
from interview_core.db.tables import ConsentPurpose, FrameAnalysis, Interview, InterviewStatus, Purpose
from interview_core.frames import IN_FLIGHT_EXPIRES_S, Frame
from interview_core.streams import frame_in_flight, frame_slot
from interview_worker.binding import handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.emotion import FaceReading

log = structlog.get_logger(__name__)


@handles(ANALYZE_FRAME)
def analyze_frame(payload: AnalyzeFrame, resources: CpuResources) -> None:
    """Store what the newest frame shows, if purpose and consent allow it before and after it was looked at."""
    with _slot(payload.interview_id, resources) as frame:
        if frame is None or not _is_allowed_now(payload.interview_id, frame, resources):
            return
        reading = resources.emotion.analyze(frame.jpeg)
        with resources.session() as session:
            if _is_allowed(session, payload.interview_id, frame, resources):
                _save(session, payload.interview_id, frame, reading)


@contextmanager
def _slot(interview_id: UUID, resources: CpuResources) -> Iterator[Frame | None]:
    """Take the newest frame, and let the next one come when this one is done with."""
    packed = resources.redis.getdel(frame_slot(interview_id))
    try:
        yield Frame.unpack(packed) if isinstance(packed, bytes) else None
    finally:
        resources.redis.delete(frame_in_flight(interview_id))
        _dispatch_waiting(interview_id, resources)


def _dispatch_waiting(interview_id: UUID, resources: CpuResources) -> None:
    """Ask for the frame that arrived while another was looked at; its sender saw one in flight and kept still."""
    packed = resources.redis.get(frame_slot(interview_id))
    if not isinstance(packed, bytes) or not resources.redis.set(
        frame_in_flight(interview_id), 1, nx=True, ex=IN_FLIGHT_EXPIRES_S
    ):
        return
    frame = Frame.unpack(packed)
    try:
        resources.broker.dispatch(
            ANALYZE_FRAME, AnalyzeFrame(interview_id=interview_id, epoch=frame.epoch, frame_ms=frame.frame_ms)
        )
    except BrokerUnavailable:
        resources.redis.delete(frame_in_flight(interview_id))


def _is_allowed_now(interview_id: UUID, frame: Frame, resources: CpuResources) -> bool:
    with resources.session() as session:
        return _is_allowed(session, interview_id, frame, resources)


def _is_allowed(session: Session, interview_id: UUID, frame: Frame, resources: CpuResources) -> bool:
    """Emotion belongs to practice, to a running interview, to its newest connection, and to those who consented."""
    interview = session.get(Interview, interview_id)
    return (
        resources.is_emotion_enabled
        and interview is not None
        and interview.purpose is Purpose.PRACTICE
        and interview.status is InterviewStatus.IN_PROGRESS
        and frame.epoch >= interview.media_epoch
        and current_consents(session, interview_id)[ConsentPurpose.EMOTION]
    )


def _save(session: Session, interview_id: UUID, frame: Frame, reading: FaceReading) -> None:
    """Store the reading; the database refuses it where a withdrawal was quicker."""
    try:
        _save_if_newer(session, interview_id, frame, reading)
        session.commit()
    except IntegrityError:
        session.rollback()
        log.info("frame dropped", interview_id=str(interview_id), reason="no longer allowed")


def _save_if_newer(session: Session, interview_id: UUID, frame: Frame, reading: FaceReading) -> None:
    place = tuple_(FrameAnalysis.epoch, FrameAnalysis.frame_ms)
    newer = session.exec(
        select(FrameAnalysis.frame_ms)
        .where(FrameAnalysis.interview_id == interview_id, place >= (frame.epoch, frame.frame_ms))
        .limit(1)
    ).first()
    if newer is not None:
        return
    session.execute(
        insert(FrameAnalysis)
        .values(
            interview_id=interview_id,
            epoch=frame.epoch,
            frame_ms=frame.frame_ms,
            is_face_found=reading.is_face_found,
            is_facing=reading.is_facing,
            luminance=reading.luminance,
            emotion=reading.emotion,
        )
        .on_conflict_do_nothing()
    )
