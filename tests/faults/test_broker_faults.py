"""Trials F5, F6, F11, F12, F13, F14: Redis dies, forgets, or is fed garbage."""

import json
import pickle
from uuid import uuid4

import pytest
from redis import Redis

from interview_core.contract.broker import Broker, make_celery
from interview_core.contract.tasks import EVALUATE_ANSWER
from tests.faults.work import assert_each_done_once, quick_jobs, upload, wait_until_running, wait_until_settled
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults


def test_no_job_is_lost_when_redis_is_killed(stack: Stack) -> None:
    stack.start("worker-gpu", "sweeper")
    stack.services["worker-gpu"].freeze()
    jobs = quick_jobs(stack, 200)
    stack.redis.kill()
    stack.services["worker-gpu"].thaw()
    stack.redis.start()
    wait_until_settled(stack, jobs, within_s=60)
    assert_each_done_once(stack, jobs)


def test_jobs_created_while_redis_is_down_run_once_it_is_back(stack: Stack) -> None:
    stack.start("worker-gpu", "sweeper")
    stack.redis.kill()
    jobs = quick_jobs(stack, 3)
    stack.redis.start()
    wait_until_settled(stack, jobs, within_s=40)
    assert_each_done_once(stack, jobs)


def test_a_redis_that_forgets_everything_loses_and_doubles_nothing(stack: Stack) -> None:
    stack.start("worker-cpu", "worker-gpu", "sweeper")
    stack.services["worker-gpu"].freeze()
    queued = quick_jobs(stack, 50)
    resume_id, running = upload(stack)
    with stack.locked("resume", resume_id):
        wait_until_running(stack, running)
        stack.redis_client.flushall()
    stack.services["worker-gpu"].thaw()
    wait_until_settled(stack, [*queued, running], within_s=60)
    assert_each_done_once(stack, [*queued, running])


def test_a_task_that_nobody_knows_is_recorded_and_holds_up_nobody(stack: Stack) -> None:
    stack.start("worker-gpu", "sweeper")
    make_celery(stack.redis.url).send_task("resume.prase", kwargs={"job_id": str(uuid4())}, queue="gpu_queue")
    recorded = "SELECT reason FROM rejected_message WHERE task = 'resume.prase'"
    assert wait_for(lambda: stack.one(recorded), within_s=10, what="the message is recorded") == "unknown task"
    jobs = quick_jobs(stack, 1)
    wait_until_settled(stack, jobs)


@pytest.mark.parametrize("garbage", ["bytes", "pickle", "huge"])
def test_garbage_on_the_queue_is_survived_and_never_executed(stack: Stack, garbage: str) -> None:
    proof = stack.folder / "executed"
    bodies = {
        "bytes": b"\x00\xff not a message",
        "pickle": pickled_message(f"touch {proof}"),
        "huge": json.dumps({"body": "x" * 5_000_000}).encode(),
    }
    stack.start("worker-gpu", "sweeper", kept=True)
    stack.redis_client.lpush("gpu_queue", bodies[garbage])
    jobs = quick_jobs(stack, 1)
    wait_until_settled(stack, jobs, within_s=40)
    assert_each_done_once(stack, jobs)
    assert not proof.exists()


def pickled_message(command: str) -> bytes:
    """A Celery message whose body would run a command in a worker that unpickles it."""
    import base64
    import os

    class Exploit:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (command,)

    return json.dumps(
        {
            "body": base64.b64encode(pickle.dumps(Exploit())).decode(),
            "content-encoding": "binary",
            "content-type": "application/x-python-serialize",
            "headers": {"task": "answer.evaluate", "id": str(uuid4()), "lang": "py"},
            "properties": {
                "delivery_tag": str(uuid4()),
                "delivery_info": {"exchange": "", "routing_key": "gpu_queue"},
                "body_encoding": "base64",
            },
        }
    ).encode()


def test_the_same_message_ten_times_does_the_work_once(stack: Stack) -> None:
    stack.start("worker-gpu", "sweeper:a", "sweeper:b")
    worker = stack.services["worker-gpu"]
    worker.freeze()
    jobs = quick_jobs(stack, 1)
    broker = Broker(stack.redis.url)
    for _ in range(9):
        broker.publish(EVALUATE_ANSWER, jobs[0])
    worker.thaw()
    wait_until_settled(stack, jobs)
    wait_for(lambda: Redis.from_url(stack.redis.url).llen("gpu_queue") == 0, within_s=20, what="the queue is empty")
    assert_each_done_once(stack, jobs)
    assert stack.one("SELECT attempt FROM job WHERE id = :id", id=jobs[0]) == 1
    assert stack.one("SELECT count(*) FROM evaluation") == 1
