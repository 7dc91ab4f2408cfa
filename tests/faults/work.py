"""Work for the platform's workers, as the API would create it."""

from uuid import UUID

from sqlalchemy import text

from interview_core.contract.payloads import EvaluateAnswer, ParseResume, RenderReportPdf
from interview_core.contract.tasks import EVALUATE_ANSWER, PARSE_RESUME, RENDER_REPORT_PDF
from interview_core.db.tables import ReportPdf, ResumeStatus
from interview_core.jobs import enqueue
from interview_core.storage import Storage
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.samples.report_export import make_export
from tests.stack import Stack, wait_for

SETTLES_S = 20
"""Profile T asks for 10 s; a busy test machine is given twice that."""


def upload(stack: Stack) -> tuple[UUID, UUID]:
    """A résumé with a real PDF that is to be read; returns (résumé id, job id)."""
    with stack.sessions() as session:
        resume = make_resume(session, make_user(session), status=ResumeStatus.PENDING, profile=None)
        Storage(stack.environment["STORAGE_URL"]).put(resume.file, _pdf(stack))
        job_id = enqueue(
            session, PARSE_RESUME, ParseResume(resume_id=resume.id, file=resume.file), subject_id=resume.id
        )
        session.commit()
        return resume.id, job_id


def _pdf(stack: Stack) -> bytes:
    path = stack.folder / "resume.pdf"
    if not path.exists():
        make_resume_pdf("ko", path)
    return path.read_bytes()


def answer_first_question(stack: Stack) -> tuple[UUID, UUID]:
    """An interview whose second question is requested; returns (interview id, job id)."""
    with stack.sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user))
        answer_question(session, interview, "주문 API를 맡아 Redis 캐시로 p99 지연을 40 % 줄였습니다.")
    return interview.id, job_of(stack, interview.id, "interview.next_question")


def finish_interview(stack: Stack) -> tuple[UUID, UUID]:
    """An interview that is over and whose report is to be written; returns (interview id, job id)."""
    from interview_core import interview as machine
    from interview_core.db.interviews import append_events, database_time, load_state, lock_interview

    with stack.sessions() as session:
        user = make_user(session)
        interview = make_interview(session, user, make_resume(session, user))
        locked = lock_interview(session, interview.id)
        assert locked is not None
        state = load_state(session, interview.id)
        append_events(session, locked, state, machine.finish(state, database_time(session)))
        session.commit()
    return interview.id, job_of(stack, interview.id, "report.write")


def ask_for_pdf(stack: Stack) -> tuple[UUID, UUID]:
    """A finished report that is to be made into a PDF; returns (interview id, job id)."""
    with stack.sessions() as session:
        interview = make_interview(session, make_user(session))
        pdf = ReportPdf(interview_id=interview.id, source=make_export())
        session.add(pdf)
        payload = RenderReportPdf(interview_id=interview.id, request_id=pdf.request_id)
        job_id = enqueue(session, RENDER_REPORT_PDF, payload, subject_id=interview.id)
        session.commit()
        return interview.id, job_id


def quick_jobs(stack: Stack, count: int) -> list[UUID]:
    """Evaluations of answers, which take milliseconds without a model."""
    with stack.sessions() as session:
        user = make_user(session)
        resume = make_resume(session, user)
        jobs = []
        for _ in range(count):
            interview = make_interview(session, user, resume)
            answer = answer_question(session, interview, "주문 API를 맡아 p99 지연을 40 % 줄였습니다.")
            jobs.append(enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview.id))
        # The questions and first evaluations that the answers asked for are not what these tests look at.
        session.execute(
            text("UPDATE job SET state = 'cancelled' WHERE state = 'queued' AND id <> ALL(:jobs)"), {"jobs": jobs}
        )
        session.commit()
    return jobs


def job_of(stack: Stack, subject_id: UUID, task: str) -> UUID:
    found = stack.one(
        "SELECT id FROM job WHERE subject_id = :subject AND task = :task ORDER BY created_at DESC LIMIT 1",
        subject=subject_id,
        task=task,
    )
    assert found is not None
    return UUID(str(found))


def wait_until_running(stack: Stack, job_id: UUID) -> None:
    wait_for(lambda: stack.state_of(job_id) == "running", within_s=30, what="a worker takes the job")


def wait_until_settled(stack: Stack, jobs: list[UUID], within_s: float = SETTLES_S) -> None:
    open_jobs = "SELECT count(*) FROM job WHERE id = ANY(:jobs) AND state IN ('queued', 'running')"
    wait_for(lambda: stack.one(open_jobs, jobs=jobs) == 0, within_s=within_s, what=f"{len(jobs)} jobs end")


def assert_each_done_once(stack: Stack, jobs: list[UUID]) -> None:
    done_twice = "SELECT count(*) FROM (SELECT job_id FROM done_log GROUP BY job_id HAVING count(*) > 1) AS twice"
    assert stack.one(done_twice) == 0
    unfinished = "SELECT count(*), min(task), min(error_code) FROM job WHERE id = ANY(:jobs) AND state <> 'done'"
    with stack.engine.connect() as connection:
        count, task, error_code = connection.execute(text(unfinished), {"jobs": jobs}).one()
    assert count == 0, f"{count} jobs did not succeed, such as {task}: {error_code}"
