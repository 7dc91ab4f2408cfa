"""What is withdrawn while a connection lives stops at once, whichever way it is said, and nothing else stops."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest
from redis import Redis

from interview_core.frames import Frame
from interview_core.media_consents import MediaConsents, publish_consents
from interview_core.streams import frame_slot
from interview_core.tickets import MediaTicket
from interview_media.audio import SpeechFront
from interview_media.ladder import Ladder, Rung
from tests.media.beats import living
from tests.media.browsers import GreyPicture, Media, make_ticket, until
from tests.media.talking import Microphone, Page, talk

ALL = MediaConsents(transcription=True, recording=True, emotion=True)
STOPS_WITHIN_S = 5


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts batches of audio that are decoded."""
    counts: list[int] = []
    decode = SpeechFront.decode

    def count(self: SpeechFront, packets: list, lost: int) -> object:
        counts.append(len(packets))
        return decode(self, packets, lost)

    monkeypatch.setattr(SpeechFront, "decode", count)
    return counts


async def stays(count: Callable[[], object], seconds: float = 1.5) -> bool:
    before = count()
    await asyncio.sleep(seconds)
    return count() == before


async def withdraw(consent: str, said_by: str, page: Page, redis: Redis, ticket: MediaTicket) -> dict:
    """Take a consent back, and return what the server then says it may do."""
    consents = ALL.model_copy(update={consent: False})
    async with living() as lived:
        if said_by == "page":
            page.say("consent", **consents.model_dump())
        else:
            publish_consents(redis, ticket.interview_id, consents)
        told = await page.wait_for("ready", 2)
    assert lived.seconds <= STOPS_WITHIN_S
    return told


@pytest.mark.parametrize("said_by", ["page", "backend"])
async def test_withdrawing_emotions_stops_frames_and_the_voice_goes_on(
    media: Media, redis: Redis, decoded: list[int], said_by: str
) -> None:
    ticket = make_ticket()
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    slot = frame_slot(ticket.interview_id)
    await until(lambda: redis.exists(slot) == 1)
    told = await withdraw("emotion", said_by, page, redis, ticket)
    assert (told["may_transcribe"], told["may_analyze_emotion"]) == (True, False)
    await asyncio.sleep(0.3)
    redis.delete(slot)
    assert await stays(lambda: redis.exists(slot))
    heard = len(decoded)
    await until(lambda: len(decoded) > heard)


@pytest.mark.parametrize("said_by", ["page", "backend"])
async def test_withdrawing_transcription_stops_the_answer_and_frames_go_on(
    media: Media, redis: Redis, decoded: list[int], said_by: str
) -> None:
    ticket = make_ticket()
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    await until(lambda: len(decoded) > 3)
    told = await withdraw("transcription", said_by, page, redis, ticket)
    assert (told["may_transcribe"], told["may_analyze_emotion"]) == (False, True)
    await asyncio.sleep(0.3)
    assert await stays(lambda: len(decoded))
    page.say("answer.start", question_id=uuid4(), take=1)
    assert (await page.wait_for("error"))["code"] == "TRANSCRIPTION_NOT_ALLOWED"
    slot = frame_slot(ticket.interview_id)
    await until(lambda: redis.exists(slot) == 1)
    first = Frame.unpack(redis.get(slot)).frame_ms
    await until(lambda: Frame.unpack(redis.get(slot)).frame_ms > first)


async def test_no_message_gives_what_the_ticket_does_not(media: Media, redis: Redis, decoded: list[int]) -> None:
    ticket = make_ticket(purpose="assessment", may_analyze_emotion=True, may_transcribe=False)
    publish_consents(redis, ticket.interview_id, ALL)
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    page.say("consent", transcription=True, recording=True, emotion=True)
    page.say("ping", at=1)
    await page.wait_for("pong")
    await asyncio.sleep(2)
    assert len(page.of("ready")) == 1
    assert (decoded, redis.exists(frame_slot(ticket.interview_id))) == ([], 0)


async def test_what_the_page_withdrew_only_a_new_connection_gives_back(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    page.say("consent", transcription=True, recording=True, emotion=False)
    await page.wait_for("ready", 2)
    page.say("consent", transcription=True, recording=True, emotion=True)
    publish_consents(redis, ticket.interview_id, ALL)
    assert await stays(lambda: len(page.of("ready")), 2.5)
    _, again = await talk(media, make_ticket(ticket.interview_id, epoch=2), Microphone(), GreyPicture())
    assert again.of("ready")[0]["may_analyze_emotion"] is True


async def test_without_redis_the_last_known_consents_hold(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    publish_consents(redis, ticket.interview_id, ALL.model_copy(update={"emotion": False}))
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    await until(lambda: page.of("ready")[-1]["may_analyze_emotion"] is False)
    redis.execute_command("CLIENT", "PAUSE", "4000", "ALL")
    assert await stays(lambda: len(page.of("ready")), 3)


def test_video_is_reduced_step_by_step_and_comes_back_slowly() -> None:
    ladder = Ladder(max_lag_ms=150)
    rungs = []
    for _ in range(12):
        ladder.judge(400, 0.0)
        rungs.append(ladder.rung)
    assert rungs[1:9:3] == [Rung.FULL, Rung.REDUCED, Rung.KEY_FRAMES]
    assert rungs[-1] is Rung.OFF
    changes = [second for second in range(95) if ladder.judge(10, 0.0)]
    assert changes == [29, 59, 89]
    assert ladder.rung is Rung.FULL


def test_a_single_bad_second_changes_nothing_and_lost_packets_count_too() -> None:
    ladder = Ladder(max_lag_ms=150)
    for _ in range(5):
        assert not ladder.judge(400, 0.0)
        assert not ladder.judge(10, 0.0)
    assert [ladder.judge(10, 0.2) for _ in range(3)] == [False, False, True]


async def test_a_late_server_asks_for_less_video_and_at_last_for_none(media: Media, redis: Redis) -> None:
    ticket = make_ticket()
    _, page = await talk(media, ticket, Microphone(), GreyPicture())
    slot = frame_slot(ticket.interview_id)
    await until(lambda: redis.exists(slot) == 1)
    media.app.state.peers._lag_ms = lambda: 1_000_000
    await until(lambda: [notice["code"] for notice in page.of("notice")][:1] == ["video_reduced"], within_s=15)
    await until(lambda: "video_off" in [notice["code"] for notice in page.of("notice")], within_s=30)
    codes = [notice["code"] for notice in page.of("notice")]
    assert codes[:3] == ["video_reduced", "video_key_frames", "video_off"]
    await asyncio.sleep(0.5)
    redis.delete(slot)
    assert await stays(lambda: redis.exists(slot))
    assert page.of("ready")[-1]["may_analyze_emotion"] is True
