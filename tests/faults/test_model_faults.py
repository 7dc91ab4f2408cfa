"""What happens to a question when the worker dies, or the candidate goes, while the model writes it."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from interview_core.contract.broker import Broker
from interview_core.contract.payloads import ForgetInterview
from interview_core.contract.tasks import FORGET_INTERVIEW
from interview_core.db.tables import Interview
from interview_core.jobs import cancel_jobs
from interview_core.streams import Stream as EventStream
from interview_core.streams import stream_name
from tests.faults.work import answer_first_question, assert_each_done_once, wait_until_settled
from tests.samples.make_gguf import Shape, write_gguf
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

SLOW = Shape(8, 768, 2048, 12, 4, 16_000, is_quantised=True)


@pytest.fixture
def slow_model(stack: Stack) -> Path:
    """A model that needs a second or two for a question, and never ends one by itself."""
    return write_gguf(Path(stack.environment["MODELS_DIR"]) / "slow.gguf", shape=SLOW)


def events_of(stack: Stack, interview_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    entries: Any = stack.redis_client.xrange(stream_name(EventStream.INTERVIEW, interview_id))
    return [(fields[b"kind"].decode(), json.loads(fields[b"data"])) for _, fields in entries]


def kinds_of(stack: Stack, interview_id: UUID) -> list[str]:
    return [kind for kind, _ in events_of(stack, interview_id)]


def begin_question(stack: Stack) -> tuple[UUID, UUID]:
    """Let the model begin to write; returns (interview id, job id)."""
    wait_for(lambda: stack.services["worker-gpu"].said("model loaded"), within_s=60, what="the model is loaded")
    interview_id, job_id = answer_first_question(stack)
    wait_for(lambda: "question.token" in kinds_of(stack, interview_id), within_s=60, what="the model writes")
    return interview_id, job_id


def test_a_question_is_asked_once_though_the_worker_is_killed_while_the_model_writes(
    stack: Stack, slow_model: Path
) -> None:
    stack.start("worker-gpu", "sweeper")
    interview_id, job_id = begin_question(stack)
    stack.services["worker-gpu"].kill()
    assert stack.state_of(job_id) == "running"
    stack.services["worker-gpu"].start()

    wait_until_settled(stack, [job_id], within_s=60)

    assert_each_done_once(stack, [job_id])
    # The event follows the commit.
    wait_for(lambda: "question.ready" in kinds_of(stack, interview_id), within_s=20, what="the browser is told")
    kinds = kinds_of(stack, interview_id)
    # Whoever was reading sees the half question go before the other one comes.
    assert kinds.index("question.token") < kinds.index("question.reset") < kinds.index("question.ready")
    assert kinds.count("question.ready") == 1
    assert kinds[-1] == "question.ready"
    asked = "SELECT count(*) FROM interview_event WHERE interview_id = :id AND kind = 'question_asked'"
    assert stack.one(asked, id=interview_id) == 2


def test_the_model_stops_soon_when_the_interview_is_deleted_and_nothing_of_it_stays(
    stack: Stack, slow_model: Path
) -> None:
    stack.start("worker-gpu")
    interview_id, _ = begin_question(stack)
    worker = stack.services["worker-gpu"]

    delete(stack, interview_id)

    wait_for(lambda: worker.said("lease lost, result dropped"), within_s=10, what="the model stops")
    assert not worker.said("time limit reached")
    assert events_of(stack, interview_id) == []


def delete(stack: Stack, interview_id: UUID) -> None:
    """As the API does it."""
    with stack.sessions() as session:
        cancel_jobs(session, interview_id)
        session.delete(session.get_one(Interview, interview_id))
        session.commit()
    Broker(stack.redis.url).dispatch(FORGET_INTERVIEW, ForgetInterview(interview_id=interview_id))
    stack.redis_client.delete(stream_name(EventStream.INTERVIEW, interview_id))
