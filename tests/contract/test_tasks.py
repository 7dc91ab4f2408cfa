"""Invariants 1, 2 and 5: names, queues, handlers and payloads fit together, or nothing starts."""

import importlib
import subprocess
import sys
from datetime import datetime
from uuid import uuid4

import pytest
from celery.exceptions import NotRegistered
from kombu import Connection
from pydantic import BaseModel, ValidationError
from redis import Redis

from interview_core.contract import payloads
from interview_core.contract.broker import Broker, BrokerUnavailable, make_celery
from interview_core.contract.payloads import EmbedResume, ParseResume, Payload
from interview_core.contract.queues import Queue
from interview_core.contract.tasks import ANALYZE_FRAME, PARSE_RESUME, TASKS, DurableTask

# A name, once released, stays: workers and messages of two releases live side by side.
RELEASED = {
    "resume.parse": "cpu_queue",
    "resume.embed": "cpu_queue",
    "resume.profile": "gpu_queue",
    "search.embed_query": "cpu_queue",
    "interview.embed_focus": "cpu_queue",
    "interview.next_question": "gpu_queue",
    "interview.prepare_question": "gpu_queue",
    "interview.read_ahead": "gpu_queue",
    "interview.forget": "gpu_queue",
    "answer.evaluate": "gpu_queue",
    "report.write": "gpu_queue",
    "learning.write_path": "gpu_queue",
    "question_set.write": "gpu_queue",
    "report.render_pdf": "cpu_queue",
    "vision.analyze_frame": "cpu_queue",
    "speech.transcribe": "cpu_queue",
    "speech.import_recording": "cpu_queue",
    "speech.measure_baseline": "cpu_queue",
    "speech.synthesize": "cpu_queue",
    "speech.erase_audio": "cpu_queue",
}


def test_the_tasks_are_the_released_ones_on_their_queues() -> None:
    assert {task.name: task.queue.value for task in TASKS} == RELEASED
    assert len(TASKS) == len(RELEASED)


@pytest.mark.parametrize("queue", list(Queue))
def test_each_task_has_one_handler_in_the_worker_of_its_queue(queue: Queue) -> None:
    """In a process of its own, as the worker does it: handlers of two queues never share one."""
    side = queue.value.removesuffix("_queue")
    code = (
        f"import interview_worker.{side}.handlers\n"
        "from interview_worker.binding import HANDLERS\n"
        "print(*sorted(HANDLERS))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == sorted(task.name for task in TASKS if task.queue is queue)


def test_a_worker_without_a_handler_does_not_start_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    binding = importlib.import_module("interview_worker.binding")
    monkeypatch.setattr(binding, "HANDLERS", {})
    with pytest.raises(binding.BindingError, match=r"resume\.parse"):
        binding.bind_queue(make_celery("memory://"), Queue.CPU, None, None)


def test_two_handlers_for_one_task_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    binding = importlib.import_module("interview_worker.binding")
    monkeypatch.setattr(binding, "HANDLERS", {})
    binding.handles(PARSE_RESUME)(lambda *_: None)
    with pytest.raises(binding.BindingError, match="two handlers"):
        binding.handles(PARSE_RESUME)(lambda *_: None)


def test_a_handler_of_another_queue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    binding = importlib.import_module("interview_worker.binding")
    monkeypatch.setattr(binding, "HANDLERS", {task.name: (task, lambda *_: None) for task in TASKS})
    with pytest.raises(binding.BindingError, match="does not belong"):
        binding.bind_queue(make_celery("memory://"), Queue.CPU, None, None)


def test_a_send_without_a_queue_or_to_an_unknown_one_raises(redis_url: str) -> None:
    app = make_celery(redis_url)
    with pytest.raises(Exception, match="no_default_queue"):
        app.send_task("resume.parse")
    with pytest.raises(Exception, match="gpu-queue"):
        app.send_task("resume.parse", queue="gpu-queue")
    with pytest.raises(NotRegistered):
        app.tasks["resume.prase"]
    assert Redis.from_url(redis_url).keys() == []


def test_a_message_arrives_on_the_queue_of_its_task_with_ids_only(redis_url: str) -> None:
    job_id = uuid4()
    Broker(redis_url).publish(PARSE_RESUME, job_id)
    with Connection(redis_url) as connection:
        message = connection.SimpleQueue("cpu_queue").get(timeout=5)
    assert message.headers["task"] == "resume.parse"
    assert message.payload[1] == {"job_id": str(job_id)}
    assert message.content_type == "application/json"


def test_a_durable_task_cannot_be_sent_without_its_row(redis_url: str) -> None:
    with pytest.raises(TypeError, match="durable"):
        Broker(redis_url).dispatch(PARSE_RESUME, ParseResume(resume_id=uuid4(), file="resumes/a/b"))  # type: ignore[arg-type]


def test_the_wrong_payload_is_refused_at_the_call(redis_url: str) -> None:
    with pytest.raises(TypeError, match="takes AnalyzeFrame"):
        Broker(redis_url).dispatch(ANALYZE_FRAME, EmbedResume(resume_id=uuid4()))  # type: ignore[arg-type]


def test_a_send_to_a_redis_that_is_away_fails_within_the_time_a_request_has() -> None:
    started = datetime.now()  # noqa: DTZ005  only a difference
    with pytest.raises(BrokerUnavailable):
        Broker("redis://127.0.0.1:1/0").publish(PARSE_RESUME, uuid4())
    assert (datetime.now() - started).total_seconds() < 1.5  # noqa: DTZ005


def sample(payload: type[Payload]) -> Payload:
    values = {
        name: "resumes/a/original.pdf" if field.annotation is str else uuid4() if "id" in name else 1
        for name, field in payload.model_fields.items()
    }
    return payload.model_validate(values)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_every_payload_survives_json_and_refuses_more(task: DurableTask[Payload]) -> None:
    payload = sample(task.payload)
    assert task.payload.model_validate_json(payload.model_dump_json()) == payload
    with pytest.raises(ValidationError):
        task.payload.model_validate({**payload.model_dump(), "text": "이력서"})


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../secret", "resumes/../../x", "C:\\x", "file:///x", "resumes", "", "resumes/é", "a/" + "b" * 400],
)
def test_a_path_is_no_storage_key(path: str) -> None:
    with pytest.raises(ValidationError):
        ParseResume(resume_id=uuid4(), file=path)


@pytest.mark.parametrize("annotation", [str, bytes, dict, list[str], BaseModel, float])
def test_a_payload_that_could_carry_text_or_media_cannot_be_defined(annotation: type) -> None:
    with pytest.raises(TypeError, match="a payload carries"):
        type("Careless", (payloads.Payload,), {"__annotations__": {"field": annotation}})
