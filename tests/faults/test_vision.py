"""Trial F1 for frames: perishable work that dies costs one frame, never the ones after it."""

from uuid import UUID

import pytest

from interview_core.contract.broker import Broker
from interview_core.contract.payloads import AnalyzeFrame
from interview_core.contract.tasks import ANALYZE_FRAME
from interview_core.db.tables import ConsentPurpose
from interview_core.frames import Frame
from interview_core.streams import frame_slot
from tests.factories import make_interview, make_resume, make_user
from tests.samples.draw_face import draw_face, jpeg
from tests.samples.make_emotion_weights import make_emotion_weights
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults


def send_frame(stack: Stack, interview_id: UUID, frame_ms: int) -> None:
    frame = Frame(epoch=1, frame_ms=frame_ms, jpeg=jpeg(draw_face()))
    stack.redis_client.set(frame_slot(interview_id), frame.pack(), ex=10)
    payload = AnalyzeFrame(interview_id=interview_id, epoch=1, frame_ms=frame_ms)
    Broker(stack.redis.url).dispatch(ANALYZE_FRAME, payload)


def test_after_a_killed_analysis_the_next_frame_is_analysed(stack: Stack) -> None:
    make_emotion_weights(stack.folder / "deepface")
    stack.environment.update(EMOTION_ENABLED="true", DEEPFACE_HOME=str(stack.folder / "deepface"))
    with stack.sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user), consents=(ConsentPurpose.EMOTION,))
    stack.start("worker-cpu")
    worker = stack.services["worker-cpu"]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%frame_analysis%'"
    with stack.locked("interview", interview.id):
        send_frame(stack, interview.id, 1000)
        wait_for(lambda: stack.one(waiting), within_s=60, what="the frame's result is about to be stored")
        for child in worker.pool_children():
            child.kill()
    send_frame(stack, interview.id, 2000)
    stored = "SELECT emotion IS NOT NULL FROM frame_analysis WHERE frame_ms = 2000"
    assert wait_for(lambda: stack.one(stored), within_s=60, what="the next frame is analysed")
    assert stack.one("SELECT count(*) FROM frame_analysis WHERE frame_ms = 1000") == 0
