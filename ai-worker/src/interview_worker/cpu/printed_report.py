"""Turns an exported report into what stands on its pages: words in the report's language, whole points, no markup."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib import resources
from typing import Any

import yaml

from interview_worker.cpu.printed_charts import competency_chart, timeline
from interview_worker.cpu.printed_delivery import printed_delivery
from interview_worker.cpu.printed_parts import printed_parts
from interview_worker.cpu.printed_text import count_missing, printable

Part = dict[str, Any]

_DATES = {"ko": "{0.year}년 {0.month}월 {0.day}일", "en": "{0.day} {month} {0.year}"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FOOTER = 90
_NOT_TRIED = ("no_model", "limit_reached", "evaluation_failed")
"""Why an answer has no score although there was something to judge."""


def print_report(export: Mapping[str, Any], *, utc_offset_min: int = 0) -> Part:
    """Return the template's data. All text in it is printable, and none of it is read as markup."""
    words = _words(export["interview"]["language"])
    document = _Printer(export, words, utc_offset_min).document()
    missing = sum(count_missing(text) for text in _texts(document))
    if missing:
        document["remarks"].append(words["missing_letters"].format(count=missing))
    printed: Part = _printable(document)
    return printed


@functools.cache
def _words(language: str) -> Mapping[str, Any]:
    file = resources.files("interview_worker.typesetting") / "words.yaml"
    words: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))[language]
    return words


@dataclass(frozen=True)
class _Printer:
    export: Mapping[str, Any]
    words: Mapping[str, Any]
    utc_offset_min: int

    @property
    def interview(self) -> Mapping[str, Any]:
        part: Mapping[str, Any] = self.export["interview"]
        return part

    @property
    def report(self) -> Mapping[str, Any]:
        part: Mapping[str, Any] = self.export["report"]
        return part

    def document(self) -> Part:
        subject = _heading(" · ".join(filter(None, (self.interview["target_role"], self.interview["company"]))))
        date = self.date(self.interview["finished_at"] or self.interview["created_at"])
        title = self.words["title"]
        language = self.interview["language"]
        competencies = [self.competency(item) for item in self.report["competencies"]]
        return {
            "language": language,
            "words": self.words,
            "title": title,
            "subject": subject,
            "candidate": self.export["candidate"],
            "about": [
                self.export["candidate"],
                date,
                self.interview["scenario_title"],
                self.words["purposes"][self.interview["purpose"]],
            ],
            "footer": f"{title} · {subject[:_FOOTER]} · {date}",
            "notices": self.notices(),
            "summary": self.report["summary"],
            "overall": self.score(self.report["overall_score"], self.report["uncertainty"]),
            "calibration": self.words["calibrated" if self.report["is_calibrated"] else "not_calibrated"],
            "strengths": self.report["strengths"],
            "improvements": self.report["improvements"],
            "competencies": competencies,
            "chart": competency_chart(competencies, self.words),
            "has_margins": any(item["score"] and item["score"]["margin"] for item in competencies),
            "parts": list(printed_parts(self.report, self.words, self.quote)),
            "timeline": timeline(self.report["turns"], self.words, language),
            "answers": [self.answer(turn) for turn in self.report["turns"]],
            "made_with": self.made_with(),
            "remarks": self.remarks(),
            "delivery": printed_delivery(self.export.get("delivery"), self.words, language),
        }

    def notices(self) -> list[Part]:
        if self.report["overall_score"] is not None:
            return [self.words["partly_scored"]] if self.is_partly_scored else []
        reason = self.report["not_scored_reason"] or "not_enough_evidence"
        return [{"title": self.words["not_scored_title"], "text": self.words["reasons"][reason] + "."}]

    @property
    def is_partly_scored(self) -> bool:
        return any(review.get("not_scored_reason") in _NOT_TRIED for review in self.report["answers"])

    def score(self, score: float | None, uncertainty: float | None) -> Part | None:
        if score is None:
            return None
        margin = round(uncertainty) if uncertainty is not None else 0
        return {
            "figure": str(round(score)),
            "margin": f"± {margin}" if uncertainty is not None else None,
            "value": round(score),
            "low": max(round(score) - margin, 0),
            "high": min(round(score) + margin, 100),
        }

    def state(self, item: Mapping[str, Any]) -> str:
        if item.get("transcript_problem"):
            reason = self.words["problems"][item["transcript_problem"]]
        else:
            reason = self.words["reasons"].get(item.get("not_scored_reason"))
        return " · ".join(filter(None, (self.words["not_assessed"], reason)))

    def competency(self, item: Mapping[str, Any]) -> Part:
        return {
            "title": _heading(item["title"]),
            "score": self.score(item["score"], item.get("uncertainty")),
            "state": self.state(item),
            "comment": item["comment"],
            "quotes": [self.quote(evidence) for evidence in item["evidence"]],
        }

    def quote(self, evidence: Mapping[str, Any]) -> Part:
        number = self.numbers.get(evidence["question_id"])
        place = self.words["answer"].format(number=number) if number else None
        return {"quote": evidence["quote"], "place": place, "answer": number}

    @functools.cached_property
    def numbers(self) -> dict[str, int]:
        return {turn["question"]["id"]: turn["question"]["position"] for turn in self.report["turns"]}

    def answer(self, turn: Mapping[str, Any]) -> Part:
        question, answer = turn["question"], turn["answer"]
        review: Part = next((one for one in self.report["answers"] if one["question_id"] == question["id"]), {})
        follow_up = self.words["follow_up"] if question["is_follow_up"] else None
        return {
            "number": question["position"],
            "about": list(filter(None, (question["stage_title"], follow_up))),
            "question": _heading(question["text"]),
            "score": self.score(review.get("score"), review.get("uncertainty")),
            "state": self.state(review),
            "summary": review.get("summary"),
            "covered": [item["text"] for item in review.get("covered", [])],
            "missed": review.get("missed", []),
            "star": [self.star_part(item) for item in review.get("star", [])],
            "points": [self.point(item) for item in review.get("points", [])],
            "improved": review.get("improved_answer"),
            "transcript": self.transcript(answer),
        }

    def star_part(self, item: Mapping[str, Any]) -> tuple[str, str]:
        said = f"“{item['evidence']['quote']}”" if item["evidence"] else self.words["not_said"]
        return self.words["star_parts"][item["part"]], said

    def point(self, item: Mapping[str, Any]) -> Part:
        return {"title": self.words[item["kind"]], "text": item["text"], "quotes": [self.quote(item["evidence"])]}

    def transcript(self, answer: Mapping[str, Any] | None) -> str:
        if answer is None:
            return str(self.words["unanswered"])
        return str(self.words["skipped"] if answer["is_skipped"] else answer["text"])

    def made_with(self) -> list[tuple[str, str]]:
        versions = self.report["versions"]
        rows = [(self.words[name], versions[name] or self.words["none"]) for name in ("rubric", "prompt", "model")]
        written = self.report["finished_at"] or self.report["created_at"]
        return [*rows, (self.words["code"], versions["code"] or self.words["none"]), (
            self.words["written_at"], self.date(written)
        )]  # fmt: skip

    def remarks(self) -> list[str]:
        is_scored = self.report["overall_score"] is not None
        stand_ins = sum(turn["question"]["answered_by"]["is_fallback"] for turn in self.report["turns"])
        remarks = [self.words["rule" if is_scored else "no_rule"]]
        counts = {
            "one_grading": self.report["no_uncertainty_reason"] == "one_grading",
            "fallback_questions": stand_ins,
            "removed_statements": self.report["removed_statements"],
            "instructions": self.report["instruction_count"],
        }
        remarks += [self.words[name].format(count=int(count)) for name, count in counts.items() if count]
        for check in self.report["calibrations"]:
            remarks.append(self.words["calibration"].format(**check))
        return remarks

    def date(self, iso: str) -> str:
        zone = timezone(timedelta(minutes=self.utc_offset_min))
        day = datetime.fromisoformat(iso).astimezone(zone)
        return _DATES[self.interview["language"]].format(day, month=_MONTHS[day.month - 1])


def _heading(text: str) -> str:
    """Return the text, or a dash where nothing of it can be seen: a heading must say something."""
    return text if printable(text) else "–"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, Sequence) else value
