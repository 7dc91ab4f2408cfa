"""What a printed report's charts draw, in numbers, and what the tables beside them say, in words."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

Part = dict[str, Any]

FEWEST_AXES = 3
"""Two directions make no area: fewer competencies are drawn as bars."""

_LABEL = 32
"""Room for an axis's name, in Latin letters; a Korean one takes the room of two."""


def competency_chart(competencies: Sequence[Mapping[str, Any]], words: Mapping[str, Any]) -> Part | None:
    """Return the chart of the competencies that were assessed, with a row for every one; None: there are none at all.

    `competencies` are the printed ones.
    """
    if not competencies:
        return None
    axes = [_axis(item) for item in competencies if item["score"]]
    kind = "radar" if len(axes) >= FEWEST_AXES else "bars" if axes else None
    return {
        "kind": kind,
        "axes": axes,
        "alt": words["chart"]["alt"].format(values=", ".join(_said(axis, words) for axis in axes)),
        "rows": [
            {"title": item["title"], "figure": item["score"]["figure"], "margin": _margin(item["score"], words)}
            if item["score"]
            else {"title": item["title"], "figure": None, "margin": words["not_assessed"]}
            for item in competencies
        ],
        "note": _note(competencies, kind, words),
    }


def _axis(item: Mapping[str, Any]) -> Part:
    return {"title": _short(item["title"]), "score": item["score"]}


def _short(title: str) -> str:
    widths = accumulate(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in title)
    kept = sum(width <= _LABEL for width in widths)
    return title if kept == len(title) else f"{title[:kept].rstrip()}…"


def _margin(score: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return str(score["margin"] or words["margin_unknown"])


def _said(axis: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return f"{axis['title']} {axis['score']['figure']} {_margin(axis['score'], words)}"


def _note(competencies: Sequence[Mapping[str, Any]], kind: str | None, words: Mapping[str, Any]) -> str | None:
    if kind is None:
        return str(words["chart"]["none"])
    left_out = [item["title"] for item in competencies if not item["score"]]
    return words["chart"]["left_out"].format(names=", ".join(left_out)) if left_out else None


def timeline(turns: Sequence[Mapping[str, Any]], words: Mapping[str, Any], language: str) -> Part | None:
    """Return when each question came, how long it was waited for, and how long its answer took and is.

    None: no question was asked.
    """
    if not turns:
        return None
    begin = min(_asked(turn) for turn in turns)
    whole = max(max(_asked(turn), _sent(turn)) for turn in turns) - begin
    waits = [wait for turn in turns if (wait := _wait(turn)) is not None]
    return {
        "title": words["timeline"]["title"],
        "lead": words["timeline"]["lead"].format(
            count=len(turns),
            whole=duration(whole, words),
            waits=duration(sum(waits, timedelta()), words) if waits else words["none"],
        ),
        "end": clock(whole),
        "rows": [_row(turn, begin, whole, words, language) for turn in turns],
    }


def _row(turn: Mapping[str, Any], begin: datetime, whole: timedelta, words: Mapping[str, Any], language: str) -> Part:
    question, answer = turn["question"], turn["answer"]
    asked, sent, wait = _asked(turn), _sent(turn), _wait(turn)
    is_skipped = bool(answer and answer["is_skipped"])
    is_answered = answer is not None and not is_skipped
    follow_up = words["follow_up"] if question["is_follow_up"] else None
    waited_from = max(asked - (wait or timedelta()), begin)
    return {
        "number": question["position"],
        "name": " · ".join(filter(None, (question["stage_title"], follow_up))),
        "asked": clock(asked - begin),
        "wait": words["timeline"]["first"] if wait is None else duration(wait, words, digits=1),
        "took": duration(sent - asked, words) if answer else "–",
        "length": _length(answer["text"], words, language) if is_answered else _unsaid(answer, words),
        "is_skipped": is_skipped,
        "lane": {
            "waited_from": _share(waited_from - begin, whole),
            "from": _share(asked - begin, whole),
            "to": _share(sent - begin, whole),
        },
    }


def _unsaid(answer: Mapping[str, Any] | None, words: Mapping[str, Any]) -> str:
    return str(words["timeline"]["unanswered" if answer is None else "skipped"])


def _asked(turn: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(turn["question"]["created_at"])


def _sent(turn: Mapping[str, Any]) -> datetime:
    """Return when the answer was sent; of a question without an answer, when it was asked."""
    answer, asked = turn["answer"], _asked(turn)
    return max(datetime.fromisoformat(answer["submitted_at"]), asked) if answer else asked


def _wait(turn: Mapping[str, Any]) -> timedelta | None:
    waiting = turn["question"].get("waiting")
    return timedelta(milliseconds=waiting["whole_ms"]) if waiting else None


def _length(text: str, words: Mapping[str, Any], language: str) -> str:
    # A Korean text is measured by its letters, an English one by its words.
    count = len("".join(text.split())) if language == "ko" else len(text.split())
    return str(words["timeline"]["length"].format(count=f"{count:,}"))


def _share(part: timedelta, whole: timedelta) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def duration(length: timedelta, words: Mapping[str, Any], *, digits: int = 0) -> str:
    """Return a length of time in words; `digits` after the point where it is less than a minute."""
    total = length.total_seconds()
    if round(total, digits) < 60:
        return str(words["seconds"].format(seconds=f"{total:.{digits}f}"))
    minutes, seconds = divmod(round(total), 60)
    return str(words["minutes"].format(minutes=minutes, seconds=seconds))


def clock(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"
