"""Trials F1, F2, F15, F16: workers die in the middle of their work."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.faults.work import (
    answer_first_question,
    ask_for_pdf,
    assert_each_done_once,
    finish_interview,
    job_of,
    quick_jobs,
    upload,
    wait_until_running,
    wait_until_settled,
)
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

Start = Callable[[Stack], tuple[UUID, UUID]]


@pytest.mark.parametrize("is_whole_worker", [False, True], ids=["child", "worker"])
def test_a_resume_is_read_though_its_reader_is_killed(stack: Stack, is_whole_worker: bool) -> None:
    stack.start("worker-cpu", "sweeper")
    worker = stack.services["worker-cpu"]
    resume_id, job_id = upload(stack)
    with stack.locked("resume", resume_id):
        wait_until_running(stack, job_id)
        if is_whole_worker:
            worker.kill()
        else:
            for child in worker.pool_children():
                child.kill()
    if is_whole_worker:
        worker.start()
    wait_until_settled(stack, [job_id])
    assert_each_done_once(stack, [job_id])
    assert stack.one("SELECT attempt FROM job WHERE id = :id", id=job_id) == 2


def test_a_report_becomes_a_pdf_once_though_its_worker_is_killed(stack: Stack) -> None:
    stack.start("worker-cpu", "sweeper")
    worker = stack.services["worker-cpu"]
    interview_id, job_id = ask_for_pdf(stack)
    with stack.locked("report_pdf", interview_id, "interview_id"):
        wait_until_running(stack, job_id)
        worker.kill()
    worker.start()
    wait_until_settled(stack, [job_id])
    assert_each_done_once(stack, [job_id])
    file = stack.one("SELECT file FROM report_pdf WHERE interview_id = :id AND state = 'ready'", id=interview_id)
    assert [path.name for path in (stack.folder / "uploads" / "reports").rglob("*.pdf")] == [file.rpartition("/")[2]]


def test_a_resume_is_embedded_once_though_its_worker_is_killed(stack: Stack) -> None:
    stack.start("worker-cpu", "sweeper")
    worker = stack.services["worker-cpu"]
    resume_id, _ = upload(stack)
    embedding = "SELECT id FROM job WHERE subject_id = :id AND task = 'resume.embed'"
    job_id = wait_for(lambda: stack.one(embedding, id=resume_id), within_s=30, what="the résumé is read")
    wait_for(lambda: stack.state_of(job_id) != "queued", within_s=30, what="embedding begins")
    worker.kill()
    worker.start()
    wait_until_settled(stack, [job_id], within_s=40)
    assert_each_done_once(stack, [job_id])
    chunks = "SELECT count(*) - count(DISTINCT position) FROM resume_chunk WHERE resume_id = :id"
    assert stack.one(chunks, id=resume_id) == 0
    assert stack.one("SELECT status FROM resume WHERE id = :id", id=resume_id) == "ready"


@pytest.mark.parametrize(
    ("begin", "table", "column"),
    [(answer_first_question, "interview", "id"), (finish_interview, "report", "interview_id")],
    ids=["question", "report"],
)
def test_question_and_report_are_written_though_the_gpu_worker_is_killed(
    stack: Stack, begin: Start, table: str, column: str
) -> None:
    stack.start("worker-gpu", "sweeper")
    worker = stack.services["worker-gpu"]
    worker.freeze()
    interview_id, job_id = begin(stack)
    with stack.locked(table, interview_id, column):
        worker.thaw()
        wait_until_running(stack, job_id)
        worker.kill()
    worker.start()
    wait_until_settled(stack, [job_id])
    assert_each_done_once(stack, [job_id])
    if table == "report":
        assert stack.one("SELECT status FROM report WHERE interview_id = :id", id=interview_id) == "ready"
    else:
        assert stack.one("SELECT count(*) FROM question WHERE interview_id = :id", id=interview_id) == 2


def test_a_frozen_worker_that_wakes_up_late_writes_nothing(stack: Stack) -> None:
    stack.start("worker-cpu:a", "sweeper")
    frozen = stack.services["worker-cpu:a"]
    resume_id, job_id = upload(stack)
    with stack.locked("resume", resume_id):
        wait_until_running(stack, job_id)
        frozen.freeze()
    stack.start("worker-cpu:b")
    wait_until_settled(stack, [job_id], within_s=40)
    updated = stack.one("SELECT updated_at FROM job WHERE id = :id", id=job_id)
    frozen.thaw()
    # It hears of the lost lease, or that PostgreSQL has ended the transaction in which it froze.
    noticed = lambda: frozen.said("lease lost") or frozen.said("job failed")  # noqa: E731
    wait_for(noticed, within_s=30, what="the late worker notices")
    assert stack.one("SELECT updated_at FROM job WHERE id = :id", id=job_id) == updated
    assert_each_done_once(stack, [job_id])


def test_a_job_that_kills_every_worker_dies_and_holds_up_nobody(stack: Stack) -> None:
    stack.start("worker-cpu", "sweeper")
    worker = stack.services["worker-cpu"]
    poison_resume, poison = upload(stack)
    with stack.locked("resume", poison_resume):
        for attempt in range(1, 5):
            tried = "SELECT 1 FROM job WHERE id = :id AND state = 'running' AND attempt = :attempt"
            running = lambda tried=tried, attempt=attempt: stack.one(tried, id=poison, attempt=attempt)  # noqa: E731
            wait_for(running, within_s=30, what=f"attempt {attempt}")
            for child in worker.pool_children():
                child.kill()
    wait_until_settled(stack, [poison])
    assert stack.state_of(poison) == "dead"
    assert stack.one("SELECT status FROM resume WHERE id = :id", id=poison_resume) == "failed"
    _, behind = upload(stack)
    wait_for(lambda: stack.state_of(behind) != "queued", within_s=10, what="the next job starts")
    wait_until_settled(stack, [behind])
    assert_each_done_once(stack, [behind])


def test_a_killed_worker_leaves_the_other_queue_alone(stack: Stack) -> None:
    stack.start("worker-cpu", "worker-gpu", "sweeper")
    stack.services["worker-cpu"].kill()
    jobs = quick_jobs(stack, 5)
    wait_until_settled(stack, jobs)
    assert_each_done_once(stack, jobs)
    interview_id, job_id = answer_first_question(stack)
    assert job_of(stack, interview_id, "interview.next_question") == job_id
    wait_until_settled(stack, [job_id])
