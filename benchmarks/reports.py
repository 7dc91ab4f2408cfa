"""Reports of standard interviews: what the platform itself takes, and with a model that writes at a given speed.

The judge is scripted and speaks through the model's interface; a token stands for two characters of what it writes. The
time to read a prompt is not part of it.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from benchmarks.measure import print_cells
from interview_core.contract.tasks import EVALUATE_ANSWER, WRITE_REPORT, DurableTask
from interview_core.db.tables import Interview, InterviewStatus, Job, JobState
from interview_core.settings import JobSettings
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_worker.binding import HANDLERS, run_job
from interview_worker.engines.language_model import GenerationRequest, GenerationResult
from interview_worker.gpu import handlers as _bound  # noqa: F401  binds the handlers
from interview_worker.gpu.resources import GpuResources
from tests.factories import answer_question, ask_template, make_interview, make_resume, make_user
from tests.stack import Stack, run_stack
from tests.worker.gpu.scripted_judge import ScriptedJudge

ROUNDS = 3
SPEEDS = (None, 200)
"""Tokens per second; None: at once."""

ANSWER = (
    "조회가 몰려서 Redis 캐시를 두었습니다. 만료 시간만 두는 대안과 비교해 쓰기 시점에 지우는 방법을 골랐습니다. "
    "p95가 800ms에서 200ms로 줄었고 적중률은 92%였습니다."
)
_CHARACTERS_PER_TOKEN = 2


class PacedJudge(ScriptedJudge):
    """Writes a number of tokens per second."""

    def __init__(self, tokens_per_s: int | None) -> None:
        super().__init__()
        self._tokens_per_s = tokens_per_s

    def generate(self, request: GenerationRequest) -> Any:
        return _Paced(super().generate(request), self._tokens_per_s)


class _Paced:
    def __init__(self, written: Any, tokens_per_s: int | None) -> None:
        self._written = written
        self._tokens_per_s = tokens_per_s

    def __iter__(self) -> Iterator[str]:
        for text in self._written:
            if self._tokens_per_s:
                time.sleep(len(text) / _CHARACTERS_PER_TOKEN / self._tokens_per_s)
            yield text

    def cancel(self) -> None:
        self._written.cancel()

    @property
    def result(self) -> GenerationResult:
        result: GenerationResult = self._written.result
        return result


def measure_reports() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, run_stack(Path(folder)) as stack:
        rows = [
            [
                "at once" if speed is None else f"{speed} tokens/s",
                "while it goes on" if is_judged_before else "by the report",
                f"{_fastest(stack, speed, is_judged_before):.2f}",
            ]
            for speed in SPEEDS
            for is_judged_before in (True, False)
        ]
    print_cells(
        "Reports of a standard interview, all of it answered", ["model writes", "answers judged", "report s"], rows
    )


def _fastest(stack: Stack, tokens_per_s: int | None, is_judged_before: bool) -> float:
    rounds = ROUNDS if tokens_per_s is None else 1
    return min(_report_s(stack, tokens_per_s, is_judged_before) for _ in range(rounds))


def _report_s(stack: Stack, tokens_per_s: int | None, is_judged_before: bool) -> float:
    resources = GpuResources(
        sessions=stack.sessions,
        storage=Storage(stack.environment["STORAGE_URL"]),
        redis=stack.redis_client,
        events=EventWriter(stack.redis_client),
        broker=None,  # type: ignore[arg-type]  # the handlers of this queue dispatch nothing
        language_model=PacedJudge(None),
    )
    with stack.sessions() as session:
        _finish_interview(session)
    if is_judged_before:
        _run(resources, EVALUATE_ANSWER)
    resources.language_model = PacedJudge(tokens_per_s)
    started = time.perf_counter()
    _run(resources, WRITE_REPORT)
    return time.perf_counter() - started


def _finish_interview(session: Session) -> None:
    """Answer every question of an interview, which asks for its report."""
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user), scenario_id="standard")
    answer_question(session, interview, ANSWER)
    while session.get_one(Interview, interview.id, populate_existing=True).status is InterviewStatus.IN_PROGRESS:
        ask_template(session, interview)
        answer_question(session, interview, ANSWER)


def _run(resources: GpuResources, task: DurableTask[Any]) -> None:
    with resources.session() as session:
        waiting = session.exec(select(Job.id).where(Job.task == task.name, Job.state == JobState.QUEUED)).all()
    for job_id in waiting:
        run_job(task, HANDLERS[task.name][1], job_id, resources, JobSettings())
