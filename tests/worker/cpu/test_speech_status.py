"""The pool's processes fetch the recogniser's weights once, try again while they cannot, and tell their parent."""

from interview_worker.cpu import resources
from interview_worker.cpu.speech_status import claim_fetch, describe_speech, release_fetch, tell_status
from interview_worker.engines.speech_recognition import RecogniserState, RecogniserStatus
from interview_worker.settings import CpuWorkerSettings


class FakeRecogniser:
    """Has its weights after some attempts."""

    def __init__(self, attempts: int) -> None:
        self.left = attempts

    def fetch(self) -> bool:
        self.left -= 1
        return self.left <= 0


def settings(redis_url: str, **changed: str) -> CpuWorkerSettings:
    return CpuWorkerSettings(database_url="unused", redis_url=redis_url, **changed)


def test_one_process_of_a_pool_fetches_the_weights(redis):
    assert [claim_fetch(redis) for _ in range(3)] == [True, False, False]

    release_fetch(redis)
    assert claim_fetch(redis)


def test_weights_that_cannot_be_had_are_tried_again_and_nobody_else_tries_meanwhile(redis, monkeypatch):
    recogniser, waits, others = FakeRecogniser(3), [], []
    monkeypatch.setattr(resources.time, "sleep", lambda s: (waits.append(s), others.append(claim_fetch(redis))))

    resources._fetch(redis, recogniser)

    assert recogniser.left == 0
    assert waits == [300, 300]
    assert others == [False, False]
    assert claim_fetch(redis)


def test_the_parent_reports_what_a_process_told(redis, redis_url):
    assert describe_speech(redis, settings(redis_url))["recogniser"]["state"] == "not_loaded"

    tell_status(redis, RecogniserStatus(RecogniserState.MISSING, "base", "connect it"))

    assert describe_speech(redis, settings(redis_url))["recogniser"] == {
        "state": "missing",
        "model": "base",
        "reason": "connect it",
    }
    assert describe_speech(redis, settings(redis_url, speech_model="off"))["recogniser"]["state"] == "off"


def test_a_configured_server_is_what_speaks(redis, redis_url):
    found = describe_speech(redis, settings(redis_url, speech_synthesis_url="http://tts:8000/v1"))

    assert found["voice_engine"] == "openai_compatible"
