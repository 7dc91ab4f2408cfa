"""Holds what is reported of a spoken interview against the script of what its microphone played."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from interview_core.db.tables import FrameAnalysis, Language, SegmentState, SpeechSegment, SpokenAnswer
from interview_core.speech import count_units
from tests.e2e.devices import QUIET_S, SENTENCE
from tests.e2e.voice import Account
from tests.stack import Stack

HEARD_S = 0.4
"""How much earlier or later the beginning and the end of a voice are heard."""


@dataclass(frozen=True)
class Script:
    """One sentence again and again, with a silence after each."""

    spoken_s: float

    @property
    def period_s(self) -> float:
        return self.spoken_s + QUIET_S

    @property
    def syllables_per_min(self) -> float:
        return count_units(SENTENCE, Language.KOREAN.value) * 60 / self.spoken_s


def segments_of(stack: Stack, interview_id: str) -> list[SpeechSegment]:
    with stack.sessions() as session:
        rows = session.exec(
            select(SpeechSegment)
            .where(SpeechSegment.interview_id == UUID(interview_id))
            .order_by(col(SpeechSegment.epoch), col(SpeechSegment.sequence))
        )
        return list(rows)


def frames_of(stack: Stack, interview_id: str) -> int:
    with stack.sessions() as session:
        return len(session.exec(select(FrameAnalysis).where(FrameAnalysis.interview_id == UUID(interview_id))).all())


def check_spoken(stack: Stack, account: Account, interview_id: str, script: Script) -> list[dict[str, Any]]:
    """Check words, times and coaching of an interview in which every answer was spoken; return its turns."""
    turns: list[dict[str, Any]] = account.read(f"/interviews/{interview_id}")["turns"]
    assert {turn["answer"]["source"] for turn in turns} == {"voice"}
    segments = segments_of(stack, interview_id)
    for turn in turns:
        heard = [row.text for row in segments if str(row.question_id) == turn["question"]["id"] and row.text]
        # Each stretch between two silences is the sentence, or what the answer holds of it.
        assert set(heard) == {SENTENCE}
        assert turn["answer"]["transcript"] == " ".join(heard)
    check_times(segments, script)
    check_delivery(account.read(f"/interviews/{interview_id}/delivery"), turns, script)
    with stack.sessions() as session:
        ends = session.exec(select(SpokenAnswer).where(SpokenAnswer.interview_id == UUID(interview_id))).all()
    assert {end.end_reason.value for end in ends if end.end_reason} <= {"button", "silence"}
    return turns


def check_times(segments: Sequence[SpeechSegment], script: Script) -> None:
    """What was said lies in order on its connection's clock, as far apart as it was played."""
    assert {row.state for row in segments} == {SegmentState.DONE}
    for one, other in pairwise(segments):
        assert one.epoch < other.epoch or one.end_ms <= other.start_ms
    for row in segments:
        times = [time for word in row.words for time in (word["start_ms"], word["end_ms"])]
        assert times == sorted(times)
        assert all(row.start_ms <= time <= row.end_ms for time in times)
    begun = [start for stretch in stretches(segments) for start in starts(stretch)]
    assert begun, "no answer holds the beginning of two sentences"
    assert median(begun) == pytest.approx(script.period_s, abs=HEARD_S)
    longest = max(row.end_ms - row.start_ms for row in segments) / 1000
    assert script.spoken_s * 0.7 <= longest <= script.spoken_s + 2 * HEARD_S + 1


def stretches(segments: Sequence[SpeechSegment]) -> list[list[SpeechSegment]]:
    """Return the segments of each answer in each of its connections."""
    return [list(rows) for _, rows in groupby(segments, key=lambda row: (row.question_id, row.take, row.epoch))]


def starts(stretch: Sequence[SpeechSegment]) -> list[float]:
    """Return the seconds between sentences that begin in a stretch; its first may have begun before."""
    return [(other.start_ms - one.start_ms) / 1000 for one, other in pairwise(stretch[1:])]


def check_delivery(delivery: dict[str, Any], turns: Sequence[dict[str, Any]], script: Script) -> None:
    """The coaching says what was played: how fast, and how long the silences were."""
    assert delivery["is_scored"] is False
    assert {item["position"] for item in delivery["answers"]} == {turn["question"]["position"] for turn in turns}
    spoken = [item["spoken"] for item in delivery["answers"]]
    pauses = [pause["end_ms"] - pause["start_ms"] for each in spoken for pause in each["pauses"]["items"]]
    between = [pause / 1000 for pause in pauses if pause > QUIET_S * 600]
    assert between, "no answer holds a silence"
    assert median(between) == pytest.approx(QUIET_S + HEARD_S / 2, abs=HEARD_S)
    # Of a sentence that was cut all words are heard, but only a part of its time: the slowest were whole.
    slowest = min(point["rate"] for each in spoken for point in each["timeline"] if point["rate"])
    assert slowest == pytest.approx(script.syllables_per_min, rel=0.2)


def check_page(page: Page, account: Account, interview_id: str) -> None:
    """The report shows every answer, and the figures of the coaching."""
    expect(page.get_by_role("heading", name="말하기 습관")).to_be_visible(timeout=120_000)
    for turn in account.read(f"/interviews/{interview_id}")["turns"]:
        item = page.locator(f"[data-question='{turn['question']['id']}']")
        expect(item).to_contain_text(turn["question"]["text"])
        expect(item).to_contain_text(turn["answer"]["text"])
    overall = account.read(f"/interviews/{interview_id}/delivery")["overall"]
    if overall:
        expect(page.get_by_text(f"1분에 {round(overall['rate']['value'])}음절")).to_be_visible()
