"""What follows the media server: when an answer is written down, how old results of frames get, how good pitch is."""

import asyncio
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import numpy as np
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from sqlmodel import col, select

from benchmarks.measure import percentile, print_cells
from benchmarks.room_pitch import measure_pitch
from interview_core.contract.broker import Broker
from interview_core.db.tables import ConsentPurpose, FrameAnalysis, SegmentState, SpeechSegment
from interview_core.frames import Frame
from interview_media.frames import FrameSender
from interview_worker.engines.emotion import DeepFaceEmotion
from tests.factories import make_interview, make_user, open_question
from tests.media.browsers import MEDIA_SECRET_KEY, Media, make_ticket
from tests.media.talking import Microphone, talk
from tests.samples.draw_face import draw_face, jpeg
from tests.samples.make_emotion_weights import make_emotion_weights
from tests.samples.make_whisper import make_whisper
from tests.samples.speak import KOREAN, silence, speak
from tests.stack import Stack, run_stack, wait_for

_ANSWERS = 8
_INTERVIEWS = 16
_OFFERED_PER_S = 20
"""Of each interview: together far more than one process looks at."""
_OFFERED_FOR_S = 12


def measure_workers(folder: Path) -> None:
    """Print the tables, on throw-away databases below `folder`."""
    measure_pitch()
    make_emotion_weights(folder / "deepface")
    settings = {
        "SPEECH_MODEL": str(make_whisper(folder / "whisper")),
        "EMOTION_ENABLED": "true",
        "DEEPFACE_HOME": str(folder / "deepface"),
        "MEDIA_SECRET_KEY": MEDIA_SECRET_KEY,
        "MEDIA_MAX_LAG_MS": "100000",
    }
    platform = folder / "workers"
    platform.mkdir()
    with run_stack(platform, settings) as stack:
        stack.start("media-server", "worker-cpu")
        asyncio.run(_measure_answers(stack))
        _measure_frames(stack, folder / "deepface")


async def _measure_answers(stack: Stack) -> None:
    """The recogniser is a tiny one of noise, so what is measured is everything but a real one's own time."""
    ended_ms, written_ms = [], []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stack.media_port}", timeout=60) as http:
        for _ in range(_ANSWERS):
            with stack.sessions() as session:
                consents = (ConsentPurpose.TRANSCRIPTION,)
                interview = make_interview(session, make_user(session), consents=consents)
                question_id = open_question(session, interview)
            spoken = np.concatenate([speak(KOREAN), silence(0.3)])
            microphone = Microphone()
            browser, page = await talk(Media(None, http), make_ticket(interview.id), microphone)
            page.say("answer.start", question_id=question_id, take=1)
            microphone.play(spoken)
            while not microphone.is_done:  # noqa: ASYNC110  a microphone has no event for its end
                await asyncio.sleep(0.02)
            began = time.monotonic()
            page.say("answer.end", question_id=question_id)
            await page.wait_for("answer.ended")
            ended_ms.append((time.monotonic() - began) * 1000)
            is_written = partial(_is_written, stack, interview.id)
            await asyncio.to_thread(wait_for, is_written, within_s=60, what="the answer is written down")
            written_ms.append((time.monotonic() - began) * 1000)
            await browser.close()
    rows = [
        [what, f"{statistics.median(values):.0f}", f"{max(values):.0f}"]
        for what, values in (("the answer is stored", ended_ms), ("it is written down", written_ms))
    ]
    print_cells("From “I'm done” until", [f"{_ANSWERS} answers", "p50 ms", "longest ms"], rows)


def _is_written(stack: Stack, interview_id: UUID) -> bool:
    with stack.sessions() as session:
        states = session.exec(select(SpeechSegment.state).where(SpeechSegment.interview_id == interview_id)).all()
    return bool(states) and set(states) == {SegmentState.DONE}


def _measure_frames(stack: Stack, deepface: Path) -> None:
    with stack.sessions() as session:
        consents = (ConsentPurpose.EMOTION,)
        interviews = [make_interview(session, make_user(session), consents=consents).id for _ in range(_INTERVIEWS)]
    asyncio.run(_fill_mailboxes(stack, interviews, seconds=3))
    started = time.time()
    asyncio.run(_fill_mailboxes(stack, interviews, seconds=_OFFERED_FOR_S))
    ages_s = _ages_of_stored(stack, interviews, started)
    stack.services["worker-cpu"].stop()
    queued_s, left = _through_a_queue(stack.redis_client, deepface)
    header = ["1 process", "looked at", "age p50 s", "age p95 s", "oldest s", "left over"]
    rows = [
        [name, f"{len(ages)}", *(f"{age:.2f}" for age in (*_percentiles(ages), max(ages))), f"{waiting}"]
        for name, ages, waiting in (("mailbox of each interview", ages_s, 0), ("one queue", queued_s, left))
    ]
    offered = _INTERVIEWS * _OFFERED_PER_S
    print_cells(f"Age of results when {offered} frames/s are offered for {_OFFERED_FOR_S} s", header, rows)


def _percentiles(ages_s: Sequence[float]) -> tuple[float, float]:
    return percentile(ages_s, 0.5), percentile(ages_s, 0.95)


async def _fill_mailboxes(stack: Stack, interviews: Sequence[UUID], *, seconds: float) -> None:
    """Send what cameras see; a frame's time is the wall clock's, which tells its age later."""
    redis: AsyncRedis = AsyncRedis.from_url(stack.redis.url)
    sender = FrameSender(redis, Broker(stack.redis.url))
    frame = Frame(epoch=1, frame_ms=0, jpeg=jpeg(draw_face()))
    ends = time.time() + seconds
    while time.time() < ends:
        for interview_id in interviews:
            now = replace(frame, frame_ms=_wall_ms())
            await sender.send(interview_id, now)
        await asyncio.sleep(1 / _OFFERED_PER_S)
    await asyncio.sleep(1)
    await redis.aclose()


def _wall_ms() -> int:
    """Milliseconds of today, which the column for a frame's time holds."""
    return int(time.time() * 1000) % 86_400_000


def _ages_of_stored(stack: Stack, interviews: Sequence[UUID], since: float) -> list[float]:
    wanted = select(FrameAnalysis).where(col(FrameAnalysis.interview_id).in_(interviews))
    with stack.sessions() as session:
        rows = session.exec(wanted).all()
    stored = [(row.created_at.timestamp(), row.frame_ms) for row in rows]
    return [(int(at * 1000) % 86_400_000 - frame_ms) / 1000 for at, frame_ms in stored if at >= since]


def _through_a_queue(redis: Redis, deepface: Path) -> tuple[list[float], int]:
    """The same frames and the same engine, each frame queued and looked at in its turn."""
    engine, picture = DeepFaceEmotion(str(deepface)), jpeg(draw_face())
    engine.analyze(picture)
    ends = time.monotonic() + _OFFERED_FOR_S
    ages_s = []

    def offer() -> None:
        while time.monotonic() < ends:
            for _ in range(_INTERVIEWS):
                redis.rpush("benchmark-queue", Frame(1, _wall_ms(), picture).pack())
            time.sleep(1 / _OFFERED_PER_S)

    offering = threading.Thread(target=offer)
    offering.start()
    while time.monotonic() < ends:
        packed = redis.lpop("benchmark-queue")
        if isinstance(packed, bytes):
            frame = Frame.unpack(packed)
            engine.analyze(frame.jpeg)
            ages_s.append((_wall_ms() - frame.frame_ms) / 1000)
    offering.join()
    left = int(redis.llen("benchmark-queue"))
    redis.delete("benchmark-queue")
    return ages_s, left
