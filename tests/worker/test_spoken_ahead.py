"""A prepared question on the platform's own processes: spoken by espeak-ng before it is asked, and heard by nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from interview_core.streams import Stream, stream_name
from tests.faults.test_interview_faults import sign_in
from tests.stack import Stack, run_stack, wait_for

ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다."
_LONG_S = 120
"""Only a platform that hangs is waited for so long."""


class Candidate:
    """Somebody who answers by voice, and what reaches them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client, resume_id = sign_in(stack)
        consents = {"scoring": True, "transcription": True}
        body = {"resume_id": resume_id, "target_role": "백엔드 개발자", "consents": consents}
        self.interview_id = UUID(self._client.post("/interviews", json=body).raise_for_status().json()["id"])
        self.path = f"/interviews/{self.interview_id}"

    def hear(self, question_id: UUID) -> httpx.Response:
        return self._client.get(f"{self.path}/questions/{question_id}/speech")

    def read(self) -> dict[str, Any]:
        return dict(self._client.get(self.path).raise_for_status().json())

    def send(self, what: str, body: dict[str, Any] | None = None) -> None:
        self._client.post(f"{self.path}/{what}", json=body).raise_for_status()

    def delete(self) -> None:
        self._client.delete(self.path).raise_for_status()

    def answer(self) -> dict[str, Any]:
        """Answer the open question, and return the next one."""
        question = self.read()["turns"][-1]["question"]
        self.send("answers", {"question_id": question["id"], "text": ANSWER})
        turns = wait_for(
            lambda: (found := self.read()["turns"])[-1]["answer"] is None and found,
            within_s=_LONG_S,
            what="the next question",
        )
        return dict(turns[-1]["question"])

    def everything(self) -> str:
        """All that the platform tells them of the interview, the stream of its events included."""
        events = self._stack.redis_client.xrange(stream_name(Stream.INTERVIEW, self.interview_id))
        return self._client.get(self.path).text + str([json.loads(fields[b"data"]) for _, fields in events])


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    # No worker is thought lost where the machine stands still for a while: what is prepared is tried once only.
    with run_stack(tmp_path, {"JOB_LEASE_S": "300"}) as stack:
        stack.start("worker-cpu", "worker-gpu", "sweeper", "backend")
        voice = "SELECT details -> 'speech' ->> 'voice_engine' FROM worker_heartbeat WHERE queue = 'cpu_queue'"
        wait_for(lambda: stack.one(voice) == "espeak-ng", within_s=_LONG_S, what="the worker says what speaks")
        yield stack


def spoken_ahead(stack: Stack, interview_id: UUID) -> tuple[UUID, str]:
    """The prepared question that has its sound: its id and its words."""
    query = text(
        "SELECT p.question_id, p.content ->> 'text' FROM prepared_question p JOIN spoken_question USING (question_id)"
        " WHERE p.interview_id = :id"
    )

    def find() -> Any:
        with stack.engine.connect() as connection:
            return connection.execute(query, {"id": interview_id}).first()

    found = wait_for(find, within_s=_LONG_S, what="a prepared question is spoken")
    return found[0], found[1]


def count_jobs(stack: Stack, question_id: UUID) -> int:
    query = "SELECT count(*) FROM job WHERE task = 'speech.synthesize' AND payload ->> 'question_id' = :id"
    return int(stack.one(query, id=str(question_id)))


def files(stack: Stack, interview_id: UUID) -> list[Path]:
    return list((stack.folder / "uploads" / "spoken" / str(interview_id)).glob("*.mp3"))


@pytest.mark.timeout(600)
def test_the_next_question_has_its_sound_before_it_is_asked_and_nobody_hears_it_early(stack: Stack) -> None:
    candidate = Candidate(stack)
    ahead, words = spoken_ahead(stack, candidate.interview_id)
    early = candidate.hear(ahead)
    assert (early.status_code, early.json()["error_code"]) == (404, "QUESTION_NOT_FOUND")
    assert words not in candidate.everything()
    assert str(ahead) not in candidate.everything()

    question = candidate.answer()

    assert (question["id"], question["text"]) == (str(ahead), words)
    assert words in candidate.everything()
    heard = candidate.hear(ahead)
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/mpeg")
    assert heard.headers["x-speech-engine"] == "espeak-ng"
    assert count_jobs(stack, ahead) == 1

    unused, words = spoken_ahead(stack, candidate.interview_id)
    candidate.send("finish")
    assert candidate.hear(unused).status_code == 404
    assert words not in candidate.everything()
    assert stack.one("SELECT count(*) FROM spoken_question WHERE question_id = :id", id=unused) == 0

    assert files(stack, candidate.interview_id)
    candidate.delete()
    wait_for(lambda: not files(stack, candidate.interview_id), within_s=_LONG_S, what="the sound is deleted")
