"""The job contract on a real PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core import jobs
from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import EmbedResume, ParseResume
from interview_core.contract.tasks import ANALYZE_FRAME, EMBED_RESUME, NEXT_QUESTION, PARSE_RESUME
from interview_core.db.engine import make_session_factory
from interview_core.db.interviews import ask_question, list_turns, load_state, lock_interview
from interview_core.db.questions import opening_template
from interview_core.db.tables import InterviewEvent, Job, JobState, Report, ReportStatus, Resume, ResumeStatus
from interview_core.errors import LeaseLost
from interview_core.interview_state import Kind
from interview_core.settings import JobSettings
from interview_core.streams import EventWriter
from interview_core.sweeping import sweep
from tests.conftest import RecordingPublisher
from tests.factories import answer_question, ask_template, make_interview, make_resume, make_user

QUICK = JobSettings(job_lease_s=0.2, job_heartbeat_s=0.05, job_sweep_s=0.05, job_backoff_s=0, job_republish_s=0.01)
Sessions = sessionmaker[Session]


def enqueue_parse(sessions: Sessions) -> tuple[UUID, UUID]:
    """A résumé that is being read; returns (résumé id, job id)."""
    with sessions() as session:
        resume = make_resume(session, make_user(session), status=ResumeStatus.PENDING, profile=None)
        job_id = jobs.enqueue(
            session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id
        )
        session.commit()
    return resume.id, job_id


def job_row(sessions: Sessions, job_id: UUID) -> Job:
    with sessions() as session:
        return session.exec(select(Job).where(Job.id == job_id)).one()


def take(sessions: Sessions, job_id: UUID, lease_s: float = 30) -> jobs.Claim | None:
    with sessions() as session:
        return jobs.claim(session, job_id, lease_s=lease_s)


def expire_lease(sessions: Sessions, job_id: UUID) -> None:
    with sessions() as session:
        session.execute(text("UPDATE job SET lease_until = now() - interval '1 s' WHERE id = :id"), {"id": job_id})
        session.commit()


def test_a_worker_is_woken_only_after_the_commit(sessions: Sessions, publisher: RecordingPublisher) -> None:
    with sessions() as session:
        jobs.enqueue(session, EMBED_RESUME, EmbedResume(resume_id=uuid4()), subject_id=uuid4())
        assert publisher.published == []
        session.rollback()
        session.commit()
    assert publisher.published == []
    _, job_id = enqueue_parse(sessions)
    assert publisher.published == [("resume.parse", job_id)]


def test_a_woken_worker_finds_the_job(database_url: str, engine: Any) -> None:
    found: list[bool] = []

    class Eager:
        def publish(self, task: object, job_id: UUID) -> None:
            with Session(engine) as worker:
                found.append(worker.get(Job, job_id) is not None)

    enqueue_parse(make_session_factory(engine, Eager()))
    assert found == [True]


def test_a_job_is_created_though_the_broker_is_away(database_url: str, engine: Any) -> None:
    class Away:
        def publish(self, task: object, job_id: object) -> None:
            raise BrokerUnavailable("away")

    _, job_id = enqueue_parse(make_session_factory(engine, Away()))
    assert job_row(make_session_factory(engine, Away()), job_id).state is JobState.QUEUED


def test_the_wrong_payload_or_kind_of_task_is_refused_at_the_call(sessions: Sessions) -> None:
    with sessions() as session:
        with pytest.raises(TypeError, match="takes ParseResume"):
            jobs.enqueue(session, PARSE_RESUME, EmbedResume(resume_id=uuid4()), subject_id=uuid4())  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="perishable"):
            jobs.enqueue(session, ANALYZE_FRAME, None, subject_id=uuid4())  # type: ignore[arg-type]


def test_of_ten_messages_for_one_job_one_is_worked_on(sessions: Sessions) -> None:
    _, job_id = enqueue_parse(sessions)
    with ThreadPoolExecutor(10) as pool:
        claims = list(pool.map(lambda _: take(sessions, job_id), range(10)))
    assert sum(claim is not None for claim in claims) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(sessions: Sessions) -> None:
    resume_id, job_id = enqueue_parse(sessions)
    frozen = take(sessions, job_id)
    expire_lease(sessions, job_id)
    second = take(sessions, job_id)
    assert frozen is not None
    assert second is not None
    with sessions() as session, pytest.raises(LeaseLost):
        session.get_one(Resume, resume_id).pages = 99
        jobs.finish(session, frozen)
    with sessions() as session:
        with pytest.raises(LeaseLost):
            jobs.extend_lease(session, frozen, lease_s=1)
        assert session.get_one(Resume, resume_id).pages != 99
        jobs.finish(session, second)
        session.commit()
    assert job_row(sessions, job_id).state is JobState.DONE


def test_a_finished_job_is_never_taken_again(sessions: Sessions) -> None:
    _, job_id = enqueue_parse(sessions)
    claim = take(sessions, job_id)
    assert claim is not None
    with sessions() as session:
        jobs.finish(session, claim)
        session.commit()
    assert take(sessions, job_id) is None


def test_a_postponed_job_waits_its_time_and_keeps_its_attempts(
    sessions: Sessions, events: EventWriter, publisher: RecordingPublisher
) -> None:
    _, job_id = enqueue_parse(sessions)
    claim = take(sessions, job_id)
    assert claim is not None
    with sessions() as session:
        jobs.postpone(session, claim, delay_s=3600)
        session.commit()
    assert take(sessions, job_id) is None
    with sessions() as session:
        session.execute(text("UPDATE job SET run_after = now() WHERE id = :id"), {"id": job_id})
        session.commit()
    publisher.published.clear()

    sweep(sessions, events, QUICK)

    assert publisher.published == [("resume.parse", job_id)]
    again = take(sessions, job_id)
    assert again is not None
    assert again.attempt == 1
    with sessions() as session, pytest.raises(LeaseLost):
        jobs.postpone(session, claim, delay_s=1)


def test_a_failed_job_runs_again_until_its_attempts_are_used_up(sessions: Sessions) -> None:
    _, job_id = enqueue_parse(sessions)
    for attempt in range(1, PARSE_RESUME.max_attempts + 1):
        claim = take(sessions, job_id)
        assert claim is not None
        assert claim.attempt == attempt
        with sessions() as session:
            dead = jobs.put_back(session, claim, code="INTERNAL", message="boom", backoff_s=0)
            session.commit()
    assert dead is not None
    assert job_row(sessions, job_id).state is JobState.DEAD
    assert take(sessions, job_id) is None


def test_the_sweeper_gives_the_job_of_a_lost_worker_to_another(sessions: Sessions, events: EventWriter) -> None:
    _, job_id = enqueue_parse(sessions)
    take(sessions, job_id)
    expire_lease(sessions, job_id)
    assert sweep(sessions, events, QUICK).requeued == 1
    again = take(sessions, job_id)
    assert again is not None
    assert again.attempt == 2


def test_a_job_that_kills_every_worker_ends(sessions: Sessions, events: EventWriter) -> None:
    resume_id, job_id = enqueue_parse(sessions)
    for _ in range(PARSE_RESUME.max_attempts):
        take(sessions, job_id)
        expire_lease(sessions, job_id)
        sweep(sessions, events, QUICK)
    assert job_row(sessions, job_id).state is JobState.DEAD
    with sessions() as session:
        resume = session.get_one(Resume, resume_id)
        assert (resume.status, resume.error_code) == (ResumeStatus.FAILED, "internal")


def test_a_job_that_nobody_takes_fails_its_resume_as_expired(sessions: Sessions, events: EventWriter) -> None:
    resume_id, job_id = enqueue_parse(sessions)
    with sessions() as session:
        session.execute(text("UPDATE job SET expires_at = now() - interval '1 s'"))
        session.commit()
    assert sweep(sessions, events, QUICK).died == 1
    with sessions() as session:
        assert session.get_one(Resume, resume_id).error_code == "expired"
    assert job_row(sessions, job_id).error_code == "EXPIRED"


def test_a_lost_message_is_sent_again_and_ever_more_rarely(
    sessions: Sessions, events: EventWriter, publisher: RecordingPublisher
) -> None:
    _, job_id = enqueue_parse(sessions)
    with sessions() as session:
        session.execute(text("UPDATE job SET published_at = now() - interval '1 minute'"))
        session.commit()
    sweep(sessions, events, QUICK)
    assert publisher.published == [("resume.parse", job_id)] * 2
    assert sweep(sessions, events, JobSettings()).republished == 0


def test_two_sweepers_at_once_end_each_job_once(sessions: Sessions, events: EventWriter) -> None:
    for _ in range(5):
        enqueue_parse(sessions)
    with sessions() as session:
        session.execute(text("UPDATE job SET expires_at = now() - interval '1 s'"))
        session.commit()
    with ThreadPoolExecutor(4) as pool:
        swept = list(pool.map(lambda _: sweep(sessions, events, QUICK), range(4)))
    assert sum(one.died for one in swept) == 5


def test_an_operator_can_run_a_dead_job_again(sessions: Sessions, events: EventWriter) -> None:
    _, job_id = enqueue_parse(sessions)
    with sessions() as session:
        session.execute(text("UPDATE job SET expires_at = now() - interval '1 s'"))
        session.commit()
    sweep(sessions, events, QUICK)
    with sessions() as session:
        assert jobs.revive(session, job_id)
        session.commit()
    claim = take(sessions, job_id)
    assert claim is not None
    assert claim.attempt == 1


def test_a_question_that_no_worker_writes_comes_from_the_template(sessions: Sessions, events: EventWriter) -> None:
    with sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user))
        answer_question(session, interview, "결제 API를 맡아 p99 지연을 40 % 줄였습니다.")
        session.execute(
            text("UPDATE job SET expires_at = now() - interval '1 s' WHERE task = :t"), {"t": NEXT_QUESTION.name}
        )
        session.commit()
    sweep(sessions, events, QUICK)
    with sessions() as session:
        question = list_turns(session, interview.id)[1][0]
        assert question.position == 2
        assert question.answered_by["is_fallback"] is True
        assert question.answered_by["fallback_reason"] == "expired"
        assert load_state(session, interview.id).current_position == 2


def test_a_late_worker_does_not_ask_the_same_place_twice(sessions: Sessions) -> None:
    with sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user))
        answer_question(session, interview, "충분히 긴 답변입니다.")
        ask_template(session, interview)
        locked = lock_interview(session, interview.id)
        assert locked is not None
        late = opening_template(session, locked)
        late.position = 2
        assert ask_question(session, locked, late) is False
        session.commit()
        kinds = session.exec(select(InterviewEvent.kind).where(InterviewEvent.interview_id == interview.id)).all()
    assert kinds.count(Kind.QUESTION_ASKED.value) == 2


def test_a_report_that_nobody_writes_fails_visibly(sessions: Sessions, events: EventWriter) -> None:
    with sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user))
        for _ in range(4):
            answer_question(session, interview, "답변입니다.")
            ask_template(session, interview)
        answer_question(session, interview, "마지막 답변입니다.")
        session.execute(text("UPDATE job SET expires_at = now() - interval '1 s' WHERE task = 'report.write'"))
        session.commit()
    sweep(sessions, events, QUICK)
    with sessions() as session:
        report = session.get_one(Report, interview.id)
        assert (report.status, report.error_code) == (ReportStatus.FAILED, "EXPIRED")


def test_deleting_the_subject_cancels_its_jobs(sessions: Sessions) -> None:
    resume_id, job_id = enqueue_parse(sessions)
    claim = take(sessions, job_id)
    assert claim is not None
    with sessions() as session:
        jobs.cancel_jobs(session, resume_id)
        session.commit()
    with sessions() as session, pytest.raises(LeaseLost):
        jobs.hold(session, claim)
