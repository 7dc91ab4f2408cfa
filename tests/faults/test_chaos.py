"""Trial F29: forty jobs, and every three seconds something dies."""

import random
import time

import pytest

from tests.faults.work import assert_each_done_once, quick_jobs, upload, wait_until_settled
from tests.stack import Stack

pytestmark = pytest.mark.faults

FAULT_EVERY_S = 3
FAULTS = 6


def break_something(stack: Stack, chance: random.Random) -> None:
    fault = chance.choice(["child", "worker", "redis", "postgres"])
    if fault == "child":
        family = stack.services["worker-cpu"].family()
        chance.choice(family[2:] or family[1:] or family).kill()
    elif fault == "worker":
        # Below the keeper, which starts it again.
        for process in stack.services[chance.choice(["worker-cpu", "worker-gpu"])].family()[1:]:
            process.kill()
    elif fault == "redis":
        stack.redis.kill()
        stack.redis.start()
    else:
        stack.postgres.kill()
        stack.postgres.start()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_forty_jobs_end_once_each_whatever_dies(stack: Stack, seed: int) -> None:
    chance = random.Random(seed)
    stack.start("worker-cpu", "worker-gpu", "sweeper", kept=True)
    jobs = quick_jobs(stack, 30) + [upload(stack)[1] for _ in range(10)]
    for _ in range(FAULTS):
        time.sleep(FAULT_EVERY_S)
        break_something(stack, chance)
    wait_until_settled(stack, jobs, within_s=120)
    assert_each_done_once(stack, jobs)
