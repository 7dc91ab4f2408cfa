"""Trials F17 and F18: a model file that is wrong, goes or changes under a running worker, and an engine that fails."""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from tests.faults.work import answer_first_question, quick_jobs, upload, wait_until_settled
from tests.samples.make_gguf import write_gguf
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.faults

SCRIPT = "주문 캐시 개선에서 가장 어려웠던 결정은 무엇이었고 어떻게 확인하셨나요?"
FALLS_BACK_MS = 5000
HEARTBEAT_S = 40
"""A heartbeat comes every 5 s; a busy test machine is given more."""

# Decoding fails as it does when a GPU's driver is gone, as long as a file says so.
SITE = """
from pathlib import Path
from interview_worker.engines.llama_runtime import Context, Outcome

decode = Context.decode

def fail_or_decode(self, feeds):
    return (Outcome.FAILED, []) if Path({flag!r}).exists() else decode(self, feeds)

Context.decode = fail_or_decode
"""


def models_of(stack: Stack) -> Path:
    return Path(stack.environment["MODELS_DIR"])


def place(stack: Stack, damage: Callable[[bytes], bytes] = bytes, **made: Any) -> Path:
    """Put a model file into its place in one go."""
    new = write_gguf(models_of(stack) / "new", **{"script": SCRIPT, **made})
    new.write_bytes(damage(new.read_bytes()))
    return new.replace(models_of(stack) / "model.gguf")


def model_check(stack: Stack) -> dict[str, Any]:
    readiness = httpx.get(f"{stack.api_url}/readyz", timeout=10).json()
    found: dict[str, Any] = next(check for check in readiness["checks"] if check["name"] == "model")
    assert found["is_ok"] or readiness["status"] == "degraded"
    return found


def wait_for_check(stack: Stack, words: str) -> None:
    def says() -> bool:
        return words in str(model_check(stack)["message"])

    wait_for(says, within_s=HEARTBEAT_S, what=f"health says {words!r}, not {model_check(stack)}")


def ask(stack: Stack, *, within_s: float = 60) -> dict[str, Any]:
    """Let the next question of a new interview be written; return who wrote it."""
    interview_id, job_id = answer_first_question(stack)
    wait_until_settled(stack, [job_id], within_s=within_s)
    return answered_by(stack, interview_id)


def answered_by(stack: Stack, interview_id: UUID) -> dict[str, Any]:
    query = "SELECT answered_by FROM question WHERE interview_id = :id AND position = 2"
    found = stack.one(query, id=interview_id)
    return json.loads(found) if isinstance(found, str) else dict(found)


def assert_falls_back(stack: Stack) -> None:
    written = ask(stack)
    assert written["took_ms"] < FALLS_BACK_MS
    assert (written["provider"], written["is_fallback"]) == ("question_bank", True)
    assert written["fallback_reason"] in {"no_model", "model_failed"}


def test_every_wrong_file_is_said_on_health_and_stood_in_for_by_one_living_worker(stack: Stack) -> None:
    stack.start("backend", "worker-gpu", "sweeper")
    worker = psutil.Process(stack.services["worker-gpu"].pid)

    wait_for_check(stack, "missing")
    assert_falls_back(stack)
    evaluations = quick_jobs(stack, 1)
    wait_until_settled(stack, evaluations)
    assert stack.one("SELECT not_scored_reason FROM evaluation WHERE status = 'not_scored' LIMIT 1") == "no_model"

    for words, damage in (
        ("empty", lambda content: b""),
        ("no GGUF", lambda content: b"PK\x03\x04" + content[4:]),
        ("cut off", lambda content: content[:-5000]),
    ):
        place(stack, damage)
        wait_for_check(stack, words)
        assert_falls_back(stack)

    place(stack, architecture="nosucharch")
    assert_falls_back(stack)
    wait_for_check(stack, "nosucharch")

    path = place(stack)
    path.with_name("model.gguf.sha256").write_text(f"{'0' * 64}  model.gguf\n")
    path.touch()
    wait_for_check(stack, "SHA-256")
    assert_falls_back(stack)

    path.with_name("model.gguf.sha256").unlink()
    place(stack)
    assert ask(stack)["provider"] == "llama.cpp"
    assert wait_for(lambda: model_check(stack)["is_ok"], within_s=HEARTBEAT_S, what="health is well again")
    assert worker.is_running()


def test_a_model_file_that_disappears_does_not_stop_the_interviews(stack: Stack) -> None:
    path = place(stack)
    stack.start("backend", "worker-gpu", "sweeper")
    assert ask(stack)["provider"] == "llama.cpp"
    path.unlink()
    assert ask(stack)["provider"] == "llama.cpp"
    wait_for_check(stack, "it runs from memory")

    stack.services["worker-gpu"].stop()
    stack.services["worker-gpu"].start()
    assert ask(stack)["provider"] == "question_bank"
    wait_for_check(stack, "missing")


def test_a_model_file_that_is_cut_off_in_place_costs_one_worker_and_no_interview(stack: Stack) -> None:
    """Whoever writes into weights that are in use kills their process; that must not happen again and again."""
    path = place(stack)
    stack.start("worker-gpu", kept=True)
    stack.start("backend", "sweeper")
    assert ask(stack)["provider"] == "llama.cpp"
    with path.open("r+b") as file:
        file.truncate(4096)
    written = ask(stack)
    assert (written["provider"], written["is_fallback"]) == ("question_bank", True)
    assert stack.services["worker-gpu"].said("SIGBUS")
    wait_for_check(stack, "cut off")
    assert_falls_back(stack)
    assert starts_of(stack) == 2


def starts_of(stack: Stack) -> int:
    return stack.services["worker-gpu"].log_file.read_text("utf-8", "replace").count('"worker ready"')


def test_an_engine_that_cannot_decode_any_more_is_stood_in_for_and_starts_anew(stack: Stack) -> None:
    flag = stack.folder / "driver-gone"
    (stack.folder / "site").mkdir()
    (stack.folder / "site" / "sitecustomize.py").write_text(textwrap.dedent(SITE.format(flag=str(flag))))
    place(stack)
    stack.environment["PYTHONPATH"] = str(stack.folder / "site")
    stack.start("worker-gpu", kept=True)
    del stack.environment["PYTHONPATH"]
    stack.start("backend", "worker-cpu", "sweeper")
    assert ask(stack)["provider"] == "llama.cpp"

    flag.touch()
    _, reading = upload(stack)
    assert_falls_back(stack)
    # After two failures the process ends by itself: the next question waits for the new one.
    assert ask(stack)["fallback_reason"] in {"no_model", "model_failed"}
    wait_until_settled(stack, [reading])
    assert stack.state_of(reading) == "done"
    wait_for(lambda: starts_of(stack) >= 2, within_s=60, what="the worker starts anew by itself")
    assert stack.services["worker-gpu"].said("model broken")

    flag.unlink()
    wait_for(lambda: ask(stack)["provider"] == "llama.cpp", within_s=60, what="the model is back")
    lost = "SELECT count(*) FROM job WHERE task = 'interview.next_question' AND state <> 'done'"
    assert stack.one(lost) == 0
