"""What tests of speech are given: real sound and storage, and a recogniser that says what it is told."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from interview_core.contract.payloads import Payload
from interview_core.contract.tasks import DurableTask
from interview_core.db.tables import Job
from interview_core.settings import JobSettings
from interview_core.streams import Stream, stream_name
from interview_worker.binding import run_job
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.speech_recognition import Transcript, Word


class FakeRecogniser:
    """Says what it is told, and does something while it listens."""

    def __init__(self) -> None:
        self.words = (Word("저는", 100, 400, 0.95), Word("캐시를", 500, 900, 0.4))
        self.error: Exception | None = None
        self.meanwhile: Any = None
        self.heard: list[tuple[int, str]] = []

    def transcribe(self, pcm: bytes, language: str) -> Transcript:
        self.heard.append((len(pcm) // 2, language))
        if self.meanwhile:
            self.meanwhile()
        if self.error:
            raise self.error
        return Transcript(self.words, "fake-whisper")


def run_task(
    session: Session,
    resources: CpuResources,
    task: DurableTask[Any],
    handler: Callable[..., None],
    payload: Payload,
) -> Job:
    """Do the task's newest job with this payload as a worker does, and return it."""
    wanted = payload.model_dump(mode="json")
    rows = session.exec(select(Job).where(Job.task == task.name).order_by(Job.created_at.desc())).all()
    job = next(row for row in rows if row.payload == wanted)
    run_job(task, handler, job.id, resources, JobSettings(job_backoff_s=0))
    session.rollback()
    session.expire_all()
    return session.get_one(Job, job.id)


def told(resources: CpuResources, interview_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """What the browser was told of the interview."""
    entries = resources.redis.xrange(stream_name(Stream.INTERVIEW, interview_id))
    return [(fields[b"kind"].decode(), json.loads(fields[b"data"])) for _, fields in entries]
