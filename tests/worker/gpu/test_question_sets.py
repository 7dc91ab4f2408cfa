"""Question sets as the worker writes them, on real PostgreSQL and Redis."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, col, select

from interview_core.contract.payloads import WriteQuestionSet
from interview_core.contract.tasks import WRITE_QUESTION_SET
from interview_core.db.question_sets import start_next
from interview_core.db.tables import (
    GenerationOutcome,
    Job,
    JobState,
    Language,
    ModelUsage,
    QuestionSet,
    SetQuestion,
    WritingStatus,
)
from interview_core.db.usage import Usage, record_usage, tokens_last_hour
from interview_core.jobs import enqueue
from interview_core.streams import Stream, stream_name
from interview_worker.engines.language_model import Priority
from interview_worker.gpu.resources import GpuResources
from tests.factories import PROFILE, make_question_set, make_resume, make_user
from tests.worker.gpu.fakes import FakeGeneration, FakeLanguageModel, no_model, prompt_of

RunJobs = Callable[..., list[JobState]]

WRITTEN = [
    "Redis 캐시를 고르실 때 어떤 대안을 비교하셨나요?",
    "주문 캐시 개선에서 맡으신 범위는 어디까지였나요?",
    "p99 지연이 다시 늘어나면 무엇부터 확인하시겠어요?",
    "결제팀과 의견이 달랐을 때 어떻게 합의하셨나요?",
    "배포 뒤에 발견한 실수를 어떻게 알리고 고치셨나요?",
]


def ask(session: Session, *, profile: dict[str, Any] | None = None, **values: Any) -> QuestionSet:
    user = make_user(session)
    resume = make_resume(session, user, profile=profile or PROFILE)
    return ask_again(session, make_question_set(session, user, resume, status=WritingStatus.PENDING, **values))


def ask_again(session: Session, question_set: QuestionSet) -> QuestionSet:
    payload = WriteQuestionSet(question_set_id=question_set.id)
    enqueue(session, WRITE_QUESTION_SET, payload, subject_id=question_set.id)
    session.commit()
    return question_set


def questions_of(session: Session, question_set: QuestionSet) -> list[SetQuestion]:
    session.expire_all()
    query = select(SetQuestion).where(SetQuestion.question_set_id == question_set.id)
    return list(session.exec(query.order_by(col(SetQuestion.position))).all())


def test_five_typed_questions_are_written_one_by_one_behind_live_interviews(
    session: Session, redis: Redis, run_jobs: RunJobs
) -> None:
    question_set = ask(session, job_description="Kafka를 씁니다.", company="한빛커머스")
    model = FakeLanguageModel(WRITTEN)
    assert run_jobs(WRITE_QUESTION_SET.name, model) == [JobState.DONE]

    questions = questions_of(session, question_set)
    assert [question.text for question in questions] == WRITTEN
    assert [question.position for question in questions] == [1, 2, 3, 4, 5]
    assert all(question.type and question.difficulty and question.reason and question.topic for question in questions)
    assert len({question.type for question in questions}) == 5
    assert questions[0].source_quote == "Redis"
    assert {question.answered_by["provider"] for question in questions} == {"fake"}
    assert {request.priority for request in model.requests} == {Priority.EVALUATION}
    assert "Kafka를 씁니다." in prompt_of(model.requests[0])
    assert WRITTEN[0] in prompt_of(model.requests[4])
    assert model.forgotten == [question_set.id]
    row = session.get_one(QuestionSet, question_set.id)
    assert (row.status, row.percent, row.finished_at is not None) == (WritingStatus.READY, 100, True)
    kinds = [fields[b"kind"] for _, fields in redis.xrange(stream_name(Stream.QUESTION_SET, question_set.id))]  # type: ignore[union-attr]
    assert kinds == [b"progress"] * 6 + [b"ready"]


@pytest.mark.parametrize(
    ("months", "difficulty", "mix"),
    [
        (10, None, {"easy": 2, "medium": 2, "hard": 1}),
        (36, None, {"easy": 1, "medium": 3, "hard": 1}),
        (90, None, {"medium": 2, "hard": 3}),
        (90, "easy", {"easy": 2, "medium": 2, "hard": 1}),
        (10, "hard", {"medium": 2, "hard": 3}),
    ],
)
def test_the_mix_of_difficulties_fits_the_experience_or_the_wish(
    session: Session, run_jobs: RunJobs, months: int, difficulty: str | None, mix: dict[str, int]
) -> None:
    question_set = ask(session, profile={**PROFILE, "total_experience_months": months}, difficulty=difficulty)
    run_jobs(WRITE_QUESTION_SET.name, FakeLanguageModel(WRITTEN))
    assert Counter(question.difficulty for question in questions_of(session, question_set)) == mix


@pytest.mark.parametrize("language", list(Language))
def test_without_a_model_the_bank_asks_and_every_question_says_so(
    session: Session, run_jobs: RunJobs, language: Language
) -> None:
    question_set = ask(session, language=language)
    assert run_jobs(WRITE_QUESTION_SET.name, no_model()) == [JobState.DONE]
    questions = questions_of(session, question_set)
    assert len({question.text for question in questions}) == 5
    for question in questions:
        assert (question.answered_by["is_fallback"], question.answered_by["fallback_reason"]) == (True, "no_model")
        assert question.covers


def test_a_second_set_on_the_same_resume_asks_other_questions(session: Session, run_jobs: RunJobs) -> None:
    first = ask(session)
    run_jobs(WRITE_QUESTION_SET.name, no_model())
    user_id, resume_id = first.user_id, first.resume_id
    second = QuestionSet(user_id=user_id, resume_id=resume_id, language=Language.KOREAN, target_role="백엔드 개발자")
    session.add(second)
    session.commit()
    ask_again(session, second)
    run_jobs(WRITE_QUESTION_SET.name, no_model())
    earlier = {question.text for question in questions_of(session, first)}
    assert not earlier & {question.text for question in questions_of(session, second)}


class DyingModel(FakeLanguageModel):
    """Writes two questions, then takes its worker's process with it."""

    def generate(self, request: Any) -> FakeGeneration:
        if len(self.requests) == 2:
            raise RuntimeError("the process ends")
        return super().generate(request)


def test_a_set_whose_worker_died_goes_on_where_it_stopped(session: Session, run_jobs: RunJobs) -> None:
    question_set = ask(session)
    assert run_jobs(WRITE_QUESTION_SET.name, DyingModel(WRITTEN[:2])) == [JobState.QUEUED]
    assert [question.text for question in questions_of(session, question_set)] == WRITTEN[:2]
    assert session.get_one(QuestionSet, question_set.id).percent == 40
    session.execute(text("UPDATE job SET run_after = now()"))
    session.commit()
    assert run_jobs(WRITE_QUESTION_SET.name, FakeLanguageModel(WRITTEN[2:])) == [JobState.DONE]
    assert [question.text for question in questions_of(session, question_set)] == WRITTEN


def test_a_set_whose_job_died_is_failed_with_the_reason(session: Session, redis: Redis, run_jobs: RunJobs) -> None:
    question_set = ask(session)
    session.execute(text("UPDATE job SET max_attempts = 1"))
    session.commit()
    assert run_jobs(WRITE_QUESTION_SET.name, DyingModel(WRITTEN[:2])) == [JobState.DEAD]
    session.expire_all()
    row = session.get_one(QuestionSet, question_set.id)
    assert (row.status, row.error_code) == (WritingStatus.FAILED, "internal")
    last: Any = redis.xrevrange(stream_name(Stream.QUESTION_SET, question_set.id), count=1)
    assert last[0][1][b"kind"] == b"failed"
    assert len(questions_of(session, question_set)) == 2


def test_a_set_whose_resume_was_deleted_says_so(session: Session, run_jobs: RunJobs) -> None:
    question_set = ask(session)
    session.execute(text("DELETE FROM resume"))
    session.commit()
    assert run_jobs(WRITE_QUESTION_SET.name, no_model()) == [JobState.DEAD]
    session.expire_all()
    assert session.get_one(QuestionSet, question_set.id).error_code == "resume_deleted"


class DeletingModel(FakeLanguageModel):
    """While it writes, the candidate deletes the set."""

    def __init__(self, resources: GpuResources, set_id: UUID) -> None:
        super().__init__(WRITTEN)
        self._resources = resources
        self._set_id = set_id

    def generate(self, request: Any) -> FakeGeneration:
        with self._resources.session() as session:
            session.execute(text("UPDATE job SET state = 'cancelled', owner = NULL"))
            session.execute(text("DELETE FROM question_set"))
            session.commit()
        return super().generate(request)


def test_a_set_that_is_deleted_while_it_is_written_leaves_nothing_behind(
    session: Session, redis: Redis, run_jobs: RunJobs, resources: GpuResources
) -> None:
    question_set = ask(session)
    assert run_jobs(WRITE_QUESTION_SET.name, DeletingModel(resources, question_set.id)) == [JobState.CANCELLED]
    assert session.exec(select(SetQuestion)).all() == []
    assert not redis.exists(stream_name(Stream.QUESTION_SET, question_set.id))


def test_a_batch_is_written_one_after_the_other_and_one_that_fails_stops_nothing(
    session: Session, run_jobs: RunJobs
) -> None:
    user, batch_id = make_user(session), uuid4()
    sets = [
        make_question_set(session, user, make_resume(session, user), status=WritingStatus.PENDING, batch_id=batch_id)
        for _ in range(3)
    ]
    start_next(session, batch_id)
    start_next(session, batch_id)
    session.execute(text("DELETE FROM resume WHERE id = :id"), {"id": sets[1].resume_id})
    session.commit()
    model = FakeLanguageModel([*WRITTEN, *WRITTEN])
    ends = [run_jobs(WRITE_QUESTION_SET.name, model) for _ in sets]
    assert ends == [[JobState.DONE], [JobState.DEAD], [JobState.DONE]]
    assert run_jobs(WRITE_QUESTION_SET.name, model) == []
    assert {request.priority for request in model.requests} == {Priority.REPORT}
    session.expire_all()
    assert [session.get_one(QuestionSet, one.id).status.value for one in sets] == ["ready", "failed", "ready"]


def test_what_a_set_takes_counts_for_its_user(session: Session) -> None:
    question_set = ask(session)
    record_usage(
        session,
        Usage(question_set.id, "local", "m", "p", 100, 0, 20, 5, 50, None, GenerationOutcome.FINISHED, None),
    )
    session.commit()
    usage = session.exec(select(ModelUsage)).one()
    assert (usage.user_id, usage.interview_id) == (question_set.user_id, None)
    assert tokens_last_hour(session, question_set.id) == 120
    assert session.exec(select(Job)).one().subject_id == question_set.id
