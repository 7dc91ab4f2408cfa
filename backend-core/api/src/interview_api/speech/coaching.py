"""What can be said about how somebody spoke: compared with the same person's voice at the device check, never scored.

Functions of stored figures alone. What was not heard, or cannot be compared, is absent and says why.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from interview_api.speech import schemas
from interview_api.speech.fillers import find_fillers
from interview_api.speech.schemas import Measure, Unmeasured, VoiceChange
from interview_core.db.tables import SpeechSegment
from interview_core.speech import count_units

_MIN_SPEECH_MS = 3000
"""Less speech than this gives rates and ranges that chance makes."""

_PAUSE_MS = 250
"""Shorter silences are part of words."""

_LONG_PAUSE_MS = 2000
_RATE_CHANGE, _RANGE_CHANGE, _LOUDNESS_CHANGE_DB = 0.2, 0.35, 3.0
"""Changes that a listener notices; smaller ones are between two sentences of the same speaker."""


@dataclass(frozen=True)
class Speech:
    """One answer, or all of them: what was heard of it."""

    segments: Sequence[SpeechSegment]
    language: str

    @property
    def measured(self) -> list[tuple[SpeechSegment, dict[str, Any]]]:
        return [(segment, segment.delivery) for segment in self.segments if segment.delivery]

    @property
    def speech_ms(self) -> int:
        return sum(delivery["speech_ms"] for _, delivery in self.measured)

    @property
    def units(self) -> int:
        return sum(count_units(segment.text or "", self.language) for segment, _ in self.measured)

    @property
    def words(self) -> list[dict[str, Any]]:
        return [word for segment in self.segments for word in segment.words]

    def mean(self, name: str) -> float | None:
        """Return a figure's mean over segments, weighted by how long each was spoken; None: none has it."""
        found = [(d[name], d["speech_ms"]) for _, d in self.measured if d.get(name) is not None]
        weight = sum(duration for _, duration in found)
        return sum(value * duration for value, duration in found) / weight if weight else None


def coach(speech: Speech, baseline: dict[str, Any] | None) -> schemas.SpokenDelivery:
    """Return the coaching on one answer or on all of them; `baseline` is what the device check measured."""
    return schemas.SpokenDelivery(
        speech_ms=speech.speech_ms,
        rate=_rate(speech, baseline),
        pitch_range=_pitch_range(speech, baseline),
        loudness_range=_loudness_range(speech, baseline),
        fade_db=_rounded(speech.mean("fade_db")),
        pauses=_pauses(speech),
        fillers=_fillers(speech),
        timeline=_timeline(speech),
    )


def _rate(speech: Speech, baseline: dict[str, Any] | None) -> Measure:
    if missing := _too_little(speech):
        return Measure.absent(missing)
    if not speech.units:
        return Measure.absent(Unmeasured.NO_WORDS)
    own = _per_minute((baseline or {}).get("units"), (baseline or {}).get("speech_ms"))
    value = _per_minute(speech.units, speech.speech_ms)
    names = (VoiceChange.SLOWER, VoiceChange.FASTER)
    return _compare(value, own, lambda change, base: change / base, _RATE_CHANGE, names)


def _pitch_range(speech: Speech, baseline: dict[str, Any] | None) -> Measure:
    if missing := _too_little(speech):
        return Measure.absent(missing)
    value = speech.mean("pitch_range_st")
    if value is None:
        return Measure.absent(Unmeasured.NO_VOICE)
    names = (VoiceChange.FLATTER, VoiceChange.LIVELIER)
    own = (baseline or {}).get("pitch_range_st")
    return _compare(value, own, lambda change, base: change / base, _RANGE_CHANGE, names)


def _loudness_range(speech: Speech, baseline: dict[str, Any] | None) -> Measure:
    if missing := _too_little(speech):
        return Measure.absent(missing)
    names = (VoiceChange.FLATTER, VoiceChange.LIVELIER)
    own = (baseline or {}).get("loudness_range_db")
    # Decibels are a ratio already: their difference is what is heard.
    return _compare(speech.mean("loudness_range_db"), own, lambda change, _: change, _LOUDNESS_CHANGE_DB, names)


def _compare(
    value: float | None,
    baseline: float | None,
    change_of: Callable[[float, float], float],
    threshold: float,
    names: tuple[VoiceChange, VoiceChange],
) -> Measure:
    if value is None:
        return Measure.absent(Unmeasured.NO_VOICE)
    if not baseline:
        return Measure(value=_rounded(value), baseline=None, comparison=None, reason=Unmeasured.NO_BASELINE)
    change = change_of(value - baseline, baseline)
    below, above = names
    found = below if change < -threshold else above if change > threshold else VoiceChange.SIMILAR
    return Measure(value=_rounded(value), baseline=_rounded(baseline), comparison=found, reason=None)


def _too_little(speech: Speech) -> Unmeasured | None:
    if not speech.speech_ms:
        return Unmeasured.NO_SPEECH
    return Unmeasured.TOO_SHORT if speech.speech_ms < _MIN_SPEECH_MS else None


def _per_minute(units: int | None, speech_ms: int | None) -> float | None:
    return units * 60_000 / speech_ms if units and speech_ms else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _spans(speech: Speech) -> dict[int, list[tuple[int, int]]]:
    """Return when was spoken, by connection, on its clock."""
    found: dict[int, list[tuple[int, int]]] = {}
    for segment, delivery in speech.measured:
        placed = [(segment.start_ms + start, segment.start_ms + end) for start, end in delivery["speech"]]
        found.setdefault(segment.epoch, []).extend(placed)
    return {epoch: sorted(spans) for epoch, spans in found.items()}


def _pauses(speech: Speech) -> schemas.Pauses | None:
    if not speech.speech_ms:
        return None
    items = [
        schemas.Stretch(epoch=epoch, start_ms=end, end_ms=start)
        for epoch, spans in _spans(speech).items()
        for (_, end), (start, _) in pairwise(spans)
        if start - end >= _PAUSE_MS
    ]
    lengths = [item.end_ms - item.start_ms for item in items]
    total = sum(lengths)
    return schemas.Pauses(
        count=len(items),
        long_count=sum(length >= _LONG_PAUSE_MS for length in lengths),
        longest_ms=max(lengths, default=0),
        total_ms=total,
        share=round(total / (total + speech.speech_ms), 3),
        items=items,
    )


def _fillers(speech: Speech) -> schemas.Fillers | None:
    words = speech.words
    if not words:
        return None
    found = find_fillers(words, speech.language)
    counts: dict[tuple[str, str], int] = {}
    for filler in found:
        counts[filler.text, filler.kind] = counts.get((filler.text, filler.kind), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return schemas.Fillers(
        count=len(found),
        per_100_words=round(100 * len(found) / len(words), 1),
        words=[schemas.FillerCount(text=text, kind=kind, count=count) for (text, kind), count in ordered],
    )


def _timeline(speech: Speech) -> list[schemas.RatePoint]:
    return [
        schemas.RatePoint(
            epoch=segment.epoch,
            start_ms=segment.start_ms,
            end_ms=segment.end_ms,
            rate=_rounded(_per_minute(count_units(segment.text or "", speech.language), delivery["speech_ms"])),
        )
        for segment, delivery in speech.measured
    ]


def join(parts: Iterable[Speech], language: str) -> Speech:
    """Return several answers as one."""
    return Speech([segment for part in parts for segment in part.segments], language)
