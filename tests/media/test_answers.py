"""Spoken answers over real connections: what was said arrives whole, in order, at its time, in storage and in rows."""

import asyncio
import shutil
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core.db.tables import EndReason, Interview, Job, SegmentState
from interview_core.storage import Storage
from tests.factories import make_interview, make_user, open_question
from tests.media.browsers import GreyPicture, Media, make_ticket
from tests.media.speaking import kept_s, played, segments, spoken, voiced_s
from tests.media.talking import Microphone, talk
from tests.samples.speak import ENGLISH, KOREAN, RATE, read_wav, silence, speak

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is missing: no speech for the test"
)


async def test_what_was_said_is_stored_whole_and_at_its_time_before_the_answer_ends(
    media: Media, interview: Interview, question_id: UUID, sessions: sessionmaker[Session], storage: Storage
) -> None:
    first, second = speak(KOREAN), speak(ENGLISH, "en")
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone, GreyPicture())
    begins_ms: list[float] = []

    async def say() -> None:
        microphone.play(silence(0.5))
        begins_ms.append(len(microphone._samples) / RATE * 1000)
        microphone.play(np.concatenate([first, silence(1.2)]))
        begins_ms.append(len(microphone._samples) / RATE * 1000)
        microphone.play(second)
        await played(microphone)

    ended = await page.answer(question_id, say)
    rows = segments(sessions)
    assert ended == {
        "type": "answer.ended",
        "question_id": str(question_id),
        "take": 1,
        "epoch": 1,
        "last_sequence": rows[-1].sequence,
        "reason": "button",
    }
    assert [row.sequence for row in rows] == list(range(len(rows)))
    assert {(row.question_id, row.take, row.state) for row in rows} == {(question_id, 1, SegmentState.PENDING)}
    sound = [read_wav(storage.read(row.audio)) for row in rows]
    assert sum(map(voiced_s, sound)) == pytest.approx(voiced_s(first) + voiced_s(second), abs=0.6)
    for row, samples in zip(rows, sound, strict=True):
        assert row.end_ms - row.start_ms == pytest.approx(len(samples) / 16, abs=2)
    assert rows[0].start_ms == pytest.approx(begins_ms[0], abs=450)
    assert any(row.start_ms == pytest.approx(begins_ms[1], abs=450) for row in rows)
    assert [(message["question_id"], message["sequence"]) for message in page.of("segment")] == [
        (str(question_id), row.sequence) for row in rows
    ]
    with sessions() as session:
        jobs = session.exec(select(Job).where(Job.task == "speech.transcribe")).all()
    assert sorted(job.payload["sequence"] for job in jobs) == [row.sequence for row in rows]
    (answer,) = spoken(sessions)
    assert (answer.end_reason, answer.last_sequence, answer.epoch) == (EndReason.BUTTON, rows[-1].sequence, 1)
    assert answer.ended_at is not None
    assert page.errors == []


async def test_the_button_loses_no_word_that_was_said_just_before(
    media: Media, interview: Interview, question_id: UUID, sessions: sessionmaker[Session], storage: Storage
) -> None:
    speech = speak(KOREAN)
    microphone = Microphone(silence(0.3))
    _, page = await talk(media, make_ticket(interview.id), microphone)

    async def say() -> None:
        microphone.play(speech)
        await played(microphone)

    await page.answer(question_id, say)
    assert kept_s(sessions, storage) == pytest.approx(voiced_s(speech), abs=0.15)


async def test_nothing_said_is_an_answer_without_segments(
    media: Media, interview: Interview, question_id: UUID, sessions: sessionmaker[Session]
) -> None:
    _, page = await talk(media, make_ticket(interview.id), Microphone())
    ended = await page.answer(question_id, lambda: asyncio.sleep(1))
    assert (ended["last_sequence"], ended["reason"]) == (None, "button")
    assert segments(sessions) == []
    (answer,) = spoken(sessions)
    assert (answer.last_sequence, answer.end_reason) == (None, EndReason.BUTTON)


async def test_silence_ends_the_answer_after_the_tickets_patience(
    media: Media, interview: Interview, question_id: UUID, sessions: sessionmaker[Session]
) -> None:
    microphone = Microphone()
    ticket = make_ticket(interview.id, min_silence_ms=600, max_silence_ms=1500)
    _, page = await talk(media, ticket, microphone)
    page.say("answer.start", question_id=question_id, take=1)
    microphone.play(speak("네, 그렇습니다. 캐시를 두었습니다."))
    ended = await page.wait_for("answer.ended")
    assert ended["reason"] == "silence"
    kinds = [message["type"] for message in page.heard]
    assert kinds.index("speaking") < kinds.index("pause") < kinds.index("answer.ended")
    assert page.of("pause")[-1]["silence_ms"] >= 600
    assert spoken(sessions)[0].end_reason is EndReason.SILENCE
    page.say("answer.end", question_id=question_id)
    assert (await page.wait_for("error"))["code"] == "ANSWER_NOT_OPEN"


async def test_a_moment_for_thought_keeps_the_answer_open(
    media: Media, interview: Interview, question_id: UUID
) -> None:
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id, min_silence_ms=300, max_silence_ms=800), microphone)
    page.say("answer.start", question_id=question_id, take=1)
    microphone.play(speak(KOREAN))
    page.say("moment", seconds=60)
    await played(microphone)
    await asyncio.sleep(2.5)
    assert page.of("answer.ended") == []
    assert page.errors == []


async def test_speaking_over_the_spoken_question_is_told_once(media: Media, interview: Interview) -> None:
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone)
    page.say("playing", is_playing=True)
    microphone.play(speak(KOREAN))
    await page.wait_for("barge_in")
    await played(microphone)
    assert len(page.of("barge_in")) == 1


async def test_two_answers_follow_each_other_in_one_connection(
    media: Media, interview: Interview, question_id: UUID, sessions: sessionmaker[Session]
) -> None:
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone)

    async def say() -> None:
        microphone.play(np.concatenate([silence(0.2), speak("첫 번째입니다")]))
        await played(microphone)

    first = await page.answer(question_id, say)
    second = await page.answer(question_id, say, take=2)
    assert second["last_sequence"] > first["last_sequence"]
    assert {row.take for row in segments(sessions)} == {1, 2}
    assert [row.take for row in spoken(sessions)] == [1, 2]


async def test_without_consent_to_transcription_nothing_is_decoded_and_the_page_is_told(
    media: Media,
    interview: Interview,
    question_id: UUID,
    sessions: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from interview_media.audio import SpeechFront

    decoded: list[int] = []
    monkeypatch.setattr(SpeechFront, "decode", lambda self, packets, lost: decoded.append(len(packets)))
    microphone = Microphone(speak(KOREAN))
    _, page = await talk(media, make_ticket(interview.id, may_transcribe=False), microphone)
    assert page.of("ready")[0]["may_transcribe"] is False
    page.say("answer.start", question_id=question_id, take=1)
    assert (await page.wait_for("error"))["code"] == "TRANSCRIPTION_NOT_ALLOWED"
    await played(microphone)
    assert (decoded, segments(sessions)) == ([], [])


async def test_a_question_of_another_interview_takes_no_words(
    media: Media, interview: Interview, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        others_question = open_question(session, make_interview(session, make_user(session)))
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone)
    page.say("answer.start", question_id=others_question, take=1)
    assert (await page.wait_for("error"))["code"] == "QUESTION_NOT_FOUND"
    microphone.play(speak(KOREAN))
    await played(microphone)
    assert (segments(sessions), spoken(sessions)) == ([], [])


async def test_while_storage_is_away_words_wait_and_are_stored_when_it_is_back(
    media: Media,
    interview: Interview,
    question_id: UUID,
    sessions: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from interview_core.storage import StorageUnavailable

    put = Storage.put
    is_away = True

    def put_when_there(self: Storage, key: str, content: bytes) -> None:
        if is_away:
            raise StorageUnavailable("away")
        put(self, key, content)

    monkeypatch.setattr(Storage, "put", put_when_there)
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone)
    page.say("answer.start", question_id=question_id, take=1)
    microphone.play(np.concatenate([silence(0.2), speak(KOREAN), silence(1)]))
    assert (await page.wait_for("error"))["code"] == "STORAGE_UNAVAILABLE"
    await played(microphone)
    page.say("answer.end", question_id=question_id)
    await asyncio.sleep(1)
    assert (segments(sessions), page.of("answer.ended")) == ([], [])
    is_away = False
    ended = await page.wait_for("answer.ended")
    assert ended["last_sequence"] == segments(sessions)[-1].sequence
    assert page.of("notice") == []


async def test_words_beyond_the_memory_for_them_are_lost_and_the_page_is_told(
    start_media: Callable[..., Any],
    interview: Interview,
    question_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
    sessions: sessionmaker[Session],
) -> None:
    media = await start_media()
    media.app.state.resources.budget._left = 10_000
    microphone = Microphone()
    _, page = await talk(media, make_ticket(interview.id), microphone)

    async def say() -> None:
        microphone.play(np.concatenate([silence(0.2), speak(KOREAN)]))
        await played(microphone)

    ended = await page.answer(question_id, say)
    assert ended["last_sequence"] is not None
    assert page.of("notice")[0]["code"] == "audio_gaps"
    assert spoken(sessions)[0].last_sequence == ended["last_sequence"]
    assert 'interview_media_segments_total{outcome="lost"}' in (await media.http.get("/metrics")).text
