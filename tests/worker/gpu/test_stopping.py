"""Trial F23: who goes while a model writes, and what then stops. Nothing here waits for a lease to run out."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from interview_core import interview as machine
from interview_core.contract.tasks import EVALUATE_ANSWER, NEXT_QUESTION, TASKS, WRITE_REPORT
from interview_core.db.interviews import append_events, database_time, load_state, lock_interview
from interview_core.db.tables import Interview, Job, JobState, Question
from interview_core.jobs import cancel_jobs
from interview_core.settings import JobSettings
from interview_worker import binding
from interview_worker.binding import HANDLERS, run_job
from interview_worker.engines.generation_queue import QueuedGeneration
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import (
    LOOK_S,
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    Priority,
)
from interview_worker.engines.local_model import LlamaCppModel
from interview_worker.gpu import watch
from interview_worker.gpu.question import QUESTION_DEADLINE_S
from interview_worker.gpu.resources import GpuResources
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.batching_rig import make_rig, request, talk
from tests.worker.gpu.fakes import FakeLanguageModel

STOPS_S = 2.0
PATIENT_S = 120
NEVER = JobSettings(job_heartbeat_s=3000, job_lease_s=9000)
"""A heartbeat that no test sees."""
ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다. 무효화는 쓰기 시점에 제가 넣었습니다."


class EndlessGeneration:
    """Writes nothing and ends only when it is cancelled."""

    def __init__(self) -> None:
        self.begun, self.cancelled = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[str]:
        self.begun.set()
        while not self.cancelled.wait(0.02):
            yield ""
        raise GenerationCancelled("It was cancelled.")

    def cancel(self) -> None:
        self.cancelled.set()

    @property
    def result(self) -> GenerationResult:
        raise RuntimeError("there is none")


class EndlessModel(FakeLanguageModel):
    def __init__(self) -> None:
        super().__init__()
        self.generation = EndlessGeneration()

    def generate(self, request: GenerationRequest) -> EndlessGeneration:  # type: ignore[override]  # another fake
        self.requests.append(request)
        return self.generation


@pytest.fixture
def interview(session: Session) -> Interview:
    user = make_user(session)
    return make_interview(session, user, make_resume(session, user))


Writing = tuple[EndlessGeneration, threading.Thread]
Begin = Callable[[str], Writing]


@pytest.fixture
def begin(session: Session, resources: GpuResources) -> Begin:
    """Return a function that lets a worker run the queued job of a task, and comes back once the model writes."""
    tasks = {task.name: task for task in TASKS}

    def run(name: str) -> Writing:
        job_id = session.exec(select(Job.id).where(Job.task == name, Job.state == JobState.QUEUED)).one()
        model = resources.language_model = EndlessModel()
        worker = threading.Thread(target=run_job, args=(tasks[name], HANDLERS[name][1], job_id, resources, NEVER))
        worker.start()
        assert model.generation.begun.wait(PATIENT_S)
        return model.generation, worker

    return run


def finish(session: Session, interview: Interview) -> None:
    locked = lock_interview(session, interview.id)
    assert locked is not None
    state = load_state(session, interview.id)
    append_events(session, locked, state, machine.finish(state, database_time(session)))
    session.commit()


def delete(session: Session, interview: Interview) -> None:
    cancel_jobs(session, interview.id)
    session.delete(session.get_one(Interview, interview.id))
    session.commit()


def assert_stops(writing: Writing) -> None:
    generation, worker = writing
    assert generation.cancelled.wait(PATIENT_S)
    worker.join(PATIENT_S)
    assert not worker.is_alive()


@pytest.mark.parametrize("leave", [finish, delete])
def test_a_question_is_not_written_on_for_a_candidate_who_ended_or_deleted_the_interview(
    leave: Callable[[Session, Interview], None],
    session: Session,
    interview: Interview,
    resources: GpuResources,
    begin: Begin,
) -> None:
    answer_question(session, interview, ANSWER)
    writing = begin(NEXT_QUESTION.name)

    leave(session, interview)

    assert_stops(writing)
    assert resources.language_model.requests[-1].limits.deadline_s < QUESTION_DEADLINE_S
    session.expire_all()
    assert session.exec(select(Question).where(Question.position == 2)).all() == []


@pytest.mark.parametrize("task", [EVALUATE_ANSWER.name, WRITE_REPORT.name])
def test_nothing_is_judged_on_of_an_interview_that_was_deleted(
    task: str, session: Session, interview: Interview, begin: Begin
) -> None:
    answer_question(session, interview, ANSWER)
    if task == WRITE_REPORT.name:
        finish(session, interview)
    writing = begin(task)

    delete(session, interview)

    assert_stops(writing)


def test_what_a_report_needs_is_judged_on_though_the_interview_is_over(
    session: Session, interview: Interview, begin: Begin
) -> None:
    answer_question(session, interview, ANSWER)
    generation, worker = begin(EVALUATE_ANSWER.name)

    finish(session, interview)

    assert not generation.cancelled.wait(STOPS_S)
    generation.cancel()
    worker.join(PATIENT_S)


def test_a_job_ends_at_its_time_limit_though_no_heartbeat_is_due(
    session: Session, interview: Interview, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_question(session, interview, ANSWER)
    ahead_s = 0.0
    real = binding.time.monotonic

    class Clock:
        @staticmethod
        def monotonic() -> float:
            return real() + ahead_s

    monkeypatch.setattr(binding, "time", Clock)
    writing = begin(EVALUATE_ANSWER.name)

    ahead_s = float(EVALUATE_ANSWER.time_limit_s)

    assert_stops(writing)


def test_looks_are_frequent_enough_to_stop_within_two_seconds() -> None:
    assert binding._LOOK_S + LOOK_S < STOPS_S
    assert watch._LOOK_AGAIN_S + LOOK_S < STOPS_S


def test_who_waits_for_a_silent_model_may_look_whether_it_still_waits() -> None:
    generation = QueuedGeneration(request(talk("네")))
    pieces = iter(generation)
    assert [next(pieces), next(pieces)] == ["", ""]


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("endless") / "endless.gguf", script="하나 둘 셋 넷 다섯", is_endless=True)


def test_a_cancelled_job_leaves_the_line_of_the_model_without_having_had_its_turn(
    endless: Path, make_model: Callable[..., LlamaCppModel]
) -> None:
    model = make_model(endless.parent, slots=1)
    before = model.generate(request(talk("네"), max_tokens=1900, priority=Priority.LIVE_QUESTION))
    for piece in before:
        if piece:
            break
    is_cancelled = threading.Event()
    is_cancelled.set()
    chat = EngineChatModel(
        model,
        is_cancelled=is_cancelled.is_set,
        max_tokens=9,
        temperature=0.5,
        deadline_s=PATIENT_S,
        priority=Priority.REPORT,
    )

    with pytest.raises(GenerationCancelled):
        chat.invoke("요약해 주세요")

    before.cancel()


@pytest.mark.parametrize("way", ["cancelled", "forgotten"])
def test_the_step_after_the_cancel_writes_no_token_of_a_text_and_one_of_each_other(endless: Path, way: str) -> None:
    """However slow a model is, it stops within the step that it is in."""
    session = uuid4()
    with make_rig(endless, slots=2) as rig:
        left = rig.submit(request(talk("안녕하세요"), max_tokens=1500, session=session))
        beside = rig.submit(request(talk("반갑습니다"), max_tokens=1500, session=uuid4()))
        while rig.batcher.figures.tokens_written < 12:
            rig.batcher.turn()
        if way == "forgotten":
            rig.queue.forget(session)
        else:
            left.cancel()
        written = rig.batcher.figures.tokens_written

        for step in range(1, 4):
            rig.batcher.turn()
            assert rig.batcher.figures.running == 1
            assert rig.batcher.figures.tokens_written == written + step
        beside.cancel()
