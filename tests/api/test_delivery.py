"""Coaching on delivery: relative to the same speaker, absent where nothing was heard, and never scored."""

from typing import Any
from uuid import uuid4

import pytest

from interview_api.speech.coaching import Speech, coach
from interview_api.speech.fillers import find_fillers
from interview_api.speech.pictures import gather_frames
from interview_core.db.tables import (
    BaselineState,
    ConsentPurpose,
    FrameAnalysis,
    Purpose,
    SegmentState,
    SpeechSegment,
    VoiceBaseline,
)
from tests.api.conftest import sign_in_as
from tests.factories import emotion_consent, forge, hear_segment, make_interview, make_resume

BASELINE = {"speech_ms": 10_000, "units": 50, "pitch_hz": 120.0, "pitch_range_st": 6.0, "loudness_range_db": 9.0}


def spoken(text: str, *, start_ms: int = 0, speech: list[list[int]] | None = None, **figures: Any) -> SpeechSegment:
    spans = speech or [[0, 6000]]
    delivery = {
        "speech": spans,
        "speech_ms": sum(end - start for start, end in spans),
        "pitch_hz": 120.0,
        "pitch_spread_st": 2.0,
        "pitch_range_st": 6.0,
        "loudness_range_db": 9.0,
        "fade_db": -1.0,
        **figures,
    }
    words = [
        {"text": word, "start_ms": start_ms + n * 300, "end_ms": start_ms + n * 300 + 250, "probability": 0.9}
        for n, word in enumerate(text.split())
    ]
    end_ms = start_ms + spans[-1][1]
    return SpeechSegment(
        interview_id=uuid4(), epoch=1, sequence=start_ms, question_id=uuid4(), take=1, start_ms=start_ms,
        end_ms=end_ms, state=SegmentState.DONE, text=text, words=words, delivery=delivery, language="ko",
    )  # fmt: skip


KOREAN_30 = "가나다라마 바사아자차 카타파하거 너더러머버 서어저처커 터퍼허고노"


def test_rate_counts_syllables_in_korean_and_words_in_english():
    korean = coach(Speech([spoken(KOREAN_30)], "ko"), BASELINE)
    english = coach(Speech([spoken("I moved the orders to a queue and")], "en"), BASELINE)

    assert (korean.rate.value, korean.rate.baseline) == (300.0, 300.0)
    assert korean.rate.comparison == "similar"
    assert english.rate.value == 80.0


@pytest.mark.parametrize(
    ("figures", "name", "comparison"),
    [
        ({"speech": [[0, 4000]]}, "rate", "faster"),
        ({"speech": [[0, 9000]]}, "rate", "slower"),
        ({"pitch_range_st": 2.0}, "pitch_range", "flatter"),
        ({"pitch_range_st": 9.0}, "pitch_range", "livelier"),
        ({"pitch_range_st": 6.5}, "pitch_range", "similar"),
        ({"loudness_range_db": 4.0}, "loudness_range", "flatter"),
        ({"loudness_range_db": 14.0}, "loudness_range", "livelier"),
    ],
)
def test_delivery_is_compared_with_the_same_speakers_own(figures, name, comparison):
    found = getattr(coach(Speech([spoken(KOREAN_30, **figures)], "ko"), BASELINE), name)

    assert (found.comparison, found.reason) == (comparison, None)


def test_the_height_of_a_voice_changes_nothing():
    def verdicts(hertz: float) -> list[str | None]:
        found = coach(Speech([spoken(KOREAN_30, pitch_hz=hertz)], "ko"), {**BASELINE, "pitch_hz": hertz})
        return [found.rate.comparison, found.pitch_range.comparison, found.loudness_range.comparison]

    assert verdicts(95.0) == verdicts(150.0) == verdicts(240.0)


def test_silence_is_no_data():
    for segments in ([], [SpeechSegment(epoch=1, start_ms=0, end_ms=9000, words=[], text="", delivery=None)]):
        found = coach(Speech(segments, "ko"), BASELINE)

        for measure in (found.rate, found.pitch_range, found.loudness_range):
            assert (measure.value, measure.comparison, measure.reason) == (None, None, "no_speech")
        assert (found.pauses, found.fillers, found.fade_db) == (None, None, None)


def test_what_cannot_be_measured_or_compared_says_why():
    short = coach(Speech([spoken("네", speech=[[0, 900]])], "ko"), BASELINE)
    whispered = coach(Speech([spoken(KOREAN_30, pitch_range_st=None)], "ko"), BASELINE)
    wordless = coach(Speech([spoken("")], "ko"), BASELINE)
    alone = coach(Speech([spoken(KOREAN_30)], "ko"), None)

    assert short.rate.reason == "too_short"
    assert (whispered.pitch_range.value, whispered.pitch_range.reason) == (None, "no_voice")
    assert wordless.rate.reason == "no_words"
    assert (alone.rate.value, alone.rate.comparison, alone.rate.reason) == (300.0, None, "no_baseline")


def test_pauses_are_found_inside_and_between_segments():
    segments = [
        spoken("하나", speech=[[100, 2000], [2600, 4000], [4100, 5000]]),
        spoken("둘", start_ms=8000, speech=[[0, 3000]]),
    ]

    pauses = coach(Speech(segments, "ko"), None).pauses

    assert [(item.start_ms, item.end_ms) for item in pauses.items] == [(2000, 2600), (5000, 8000)]
    assert (pauses.count, pauses.long_count, pauses.longest_ms, pauses.total_ms) == (2, 1, 3000, 3600)
    assert pauses.share == pytest.approx(3600 / (3600 + 7200), abs=0.001)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("음, 저는 어 캐시를 그니까 두었습니다", "ko", ["음", "어", "그니까"]),
        ("어제 음식을 어떻게 그냥두면", "ko", []),
        ("Um, I, you know, kind of rebuilt it", "en", ["um", "you know", "kind of"]),
        ("I umpired. We know what kind it is.", "en", []),
    ],
)
def test_fillers_are_whole_words(text, language, found):
    words = [{"text": word, "start_ms": n, "end_ms": n + 1} for n, word in enumerate(text.split())]

    assert [filler.text for filler in find_fillers(words, language)] == found


def test_fillers_are_counted_with_their_kind():
    fillers = coach(Speech([spoken("음 저는 음 약간 캐시를 음 두었습니다 그리고 빨라 졌어요")], "ko"), None).fillers

    assert (fillers.count, fillers.per_100_words) == (4, 40.0)
    assert [(item.text, item.kind, item.count) for item in fillers.words] == [
        ("음", "hesitation", 3),
        ("약간", "habit", 1),
    ]


def frame(frame_ms: int, *, facing: bool | None = True, light: float = 120, emotion: dict[str, float] | None = None):
    return FrameAnalysis(
        interview_id=uuid4(), epoch=1, frame_ms=frame_ms, is_face_found=facing is not None, is_facing=facing,
        luminance=light, emotion=emotion,
    )  # fmt: skip


def test_pictures_give_shares_of_what_can_be_seen_and_a_timeline():
    frames = [
        frame(1000, emotion={"happy": 0.8, "neutral": 0.2}),
        frame(2000, emotion={"happy": 0.4, "neutral": 0.6}),
        frame(12_000, facing=False),
        frame(13_000, facing=None),
    ]

    found = gather_frames(frames)

    assert (found.frames, found.face_share, found.facing_share) == (4, 0.75, 0.667)
    assert (found.luminance, found.lighting) == (120.0, "good")
    assert [(point.start_ms, point.shares) for point in found.emotion] == [(0, {"happy": 0.6, "neutral": 0.4})]


@pytest.mark.parametrize(("light", "word"), [(20, "dark"), (70, "dim"), (140, "good"), (230, "bright")])
def test_lighting_has_a_word(light, word):
    assert gather_frames([frame(0, light=light)]).lighting == word


def read(client, person, interview) -> dict[str, Any]:
    response = client.get(f"/api/v1/interviews/{interview.id}/delivery", headers=person.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_coaching_over_http_is_about_what_was_spoken(client, candidate, session):
    interview = make_interview(session, candidate.row, consents=(ConsentPurpose.TRANSCRIPTION,))
    empty = read(client, candidate, interview)
    assert (empty["overall"], empty["answers"], empty["baseline"], empty["no_picture"]) == (
        None, [], None, "not_allowed",
    )  # fmt: skip

    session.add(VoiceBaseline(interview_id=interview.id, state=BaselineState.DONE, delivery=BASELINE))
    segment = hear_segment(session, interview)
    like = spoken(KOREAN_30)
    segment.state, segment.text, segment.words = SegmentState.DONE, like.text, like.words
    segment.delivery = like.delivery
    session.add(segment)
    session.commit()

    found = read(client, candidate, interview)
    assert found["is_scored"] is False
    assert found["baseline"] == {"state": "done", "error_code": None, "has_rate": True}
    assert found["overall"]["rate"]["comparison"] == "similar"
    assert found["answers"][0]["take"] == 1
    assert found["answers"][0]["spoken"]["timeline"][0]["rate"] == 300.0


@pytest.mark.parametrize(
    ("is_enabled", "purpose", "consents", "no_picture"),
    [
        (True, Purpose.PRACTICE, (ConsentPurpose.EMOTION,), None),
        (False, Purpose.PRACTICE, (ConsentPurpose.EMOTION,), "not_allowed"),
        (True, Purpose.ASSESSMENT, (ConsentPurpose.EMOTION,), "not_allowed"),
        (True, Purpose.PRACTICE, (), "not_allowed"),
    ],
)
def test_pictures_are_shown_only_where_they_may_be_looked_at(
    start_app, session, is_enabled, purpose, consents, no_picture
):
    client = start_app(emotion_enabled=is_enabled)
    person = sign_in_as(client)
    interview = make_interview(session, person.row, make_resume(session, person.row), purpose=purpose, consents=())
    row = frame(1000, emotion={"happy": 1.0})
    row.interview_id = interview.id
    forge(session, row, *([emotion_consent(interview)] if consents else []))

    found = read(client, person, interview)

    assert (found["picture"] is None, found["no_picture"]) == (no_picture is not None, no_picture)
