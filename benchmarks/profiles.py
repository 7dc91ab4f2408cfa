"""What the rules read from résumés, field by field: found, right, missed and invented."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measure import print_cells
from interview_core.skills import find_skills
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.documents import Document
from interview_worker.cpu.json_resume import read_json_resume
from interview_worker.cpu.resume_profile import Profile, make_profile
from interview_worker.cpu.sections import split_sections
from tests.samples.resume_corpus import FOLDER, Sample, load_samples
from tests.samples.resume_variants import KINDS, samples_of

TODAY = date(2026, 11, 21)
"""The day on which the samples' running employments are counted."""

Facts = Counter[tuple[str, str]]
"""(field, value), each as often as it is said; a value of an entry names its entry too."""


@dataclass
class Score:
    """How well a field was read."""

    expected: int = 0
    found: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def invented(self) -> int:
        """What was found and is not so."""
        return self.found - self.right

    def add(self, other: "Score") -> None:
        self.expected += other.expected
        self.found += other.found
        self.right += other.right


@dataclass
class Result:
    """The scores of a set of samples."""

    fields: dict[str, Score] = field(default_factory=dict)
    wrong_kind: list[str] = field(default_factory=list)
    """Samples that were taken for a résumé and are none, or the other way round."""
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    invented: list[tuple[str, str, str]] = field(default_factory=list)
    """(sample, field, value)."""

    @property
    def total(self) -> Score:
        total = Score()
        for score in self.fields.values():
            total.add(score)
        return total


def read_sample(sample: Sample) -> Profile:
    """Return the profile as the worker makes it."""
    content = sample.content()
    if content.startswith(b"{"):
        return read_json_resume(content, TODAY)[1]
    return profile_of(ChildDocumentReader().read(content))


def profile_of(document: Document) -> Profile:
    return make_profile(document, split_sections(document.lines), TODAY)


def score(samples: Sequence[Sample], read: Callable[[Sample], Profile] = read_sample) -> Result:
    """Return how well the profiles of some samples were read."""
    result = Result()
    for sample in samples:
        profile = read(sample).to_json()
        if profile["is_resume"] != sample.is_resume:
            result.wrong_kind.append(sample.name)
        if sample.is_resume:
            _add(result, sample.name, _facts_of_gold(sample.gold), _facts_of_profile(profile))
    return result


def _add(result: Result, name: str, expected: Facts, found: Facts) -> None:
    right = expected & found
    for facts, count in ((expected, "expected"), (found, "found"), (right, "right")):
        for (key, _), times in facts.items():
            scored = result.fields.setdefault(key, Score())
            setattr(scored, count, getattr(scored, count) + times)
    result.missed += [(name, *fact) for fact in (expected - right)]
    result.invented += [(name, *fact) for fact in (found - right)]


def _facts_of_gold(gold: Mapping[str, Any]) -> Facts:
    facts = [
        *_single(gold, ("name", "email", "phone", "target_role", "summary")),
        *_many("links", gold.get("links")),
        *_single({"experience months": gold.get("months")}, ("experience months",)),
        *_entries("job", gold.get("jobs"), "company", {"title": "title", "department": "department"}),
        *_entries("school", gold.get("schools"), "school", {"degree": "degree", "major": "major"}),
        *_entries("project", gold.get("projects"), "name", {"role": "role"}),
        *_within("project", gold.get("projects"), "name", {"stack": "stack", "achievements": "achievements"}),
        *_many("skills", [_skill(name) for name in gold.get("skills") or []]),
        *_many("certifications", gold.get("certifications")),
        *_many("activities", gold.get("activities")),
        *_entries("letter", gold.get("cover_letter"), "question", {"answer": "answer"}, has_period=False),
    ]
    return Counter(facts)


def _skill(name: str) -> str:
    """Return the vocabulary's name for a technology that a sample names in its own way."""
    return next(iter(find_skills(name, is_list=True)), name)


def _facts_of_profile(profile: Mapping[str, Any]) -> Facts:
    jobs = [{**job, "end": "now" if job["is_current"] else job["end"]} for job in profile["employments"]]
    facts = [
        *_single(profile, ("name", "email", "phone", "target_role", "summary")),
        *_many("links", profile["links"]),
        *_single({"experience months": profile["total_experience_months"]}, ("experience months",)),
        *_entries("job", jobs, "company", {"role": "title", "department": "department"}),
        *_entries("school", profile["education"], "school", {"degree": "degree", "field": "major"}),
        *_entries("project", profile["projects"], "name", {"role": "role"}),
        *_within("project", profile["projects"], "name", {"technologies": "stack", "achievements": "achievements"}),
        *_many("skills", profile["skills"]),
        *_many("certifications", profile["certifications"]),
        *_many("activities", profile["activities"]),
        *_entries("letter", profile["cover_letter"], "question", {"answer": "answer"}, has_period=False),
    ]
    return Counter(facts)


def _single(values: Mapping[str, Any], keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    for key in keys:
        if values.get(key) is not None:
            yield key, _fold(values[key])


def _many(key: str, values: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    for value in values or []:
        yield key, _fold(value)


def _entries(
    kind: str,
    entries: Sequence[Mapping[str, Any]] | None,
    key: str,
    names: Mapping[str, str],
    *,
    has_period: bool = True,
) -> Iterator[tuple[str, str]]:
    for entry in entries or []:
        own = _fold(entry[key])
        yield kind, own
        values = {shown: entry.get(name) for name, shown in names.items()}
        if has_period:
            values |= {"start": entry.get("start"), "end": entry.get("end")}
        for name, value in values.items():
            if value is not None:
                yield f"{kind} {name}", f"{own}: {_fold(value)}"


def _within(
    kind: str, entries: Sequence[Mapping[str, Any]] | None, key: str, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for entry in entries or []:
        for name, shown in names.items():
            for value in entry.get(name) or []:
                yield f"{kind} {shown}", f"{_fold(entry[key])}: {_fold(_skill(value) if shown == 'stack' else value)}"


_ALIKE = str.maketrans("‘’“”–—−", "''\"\"---")
"""Marks that are the same to a reader."""


def _fold(value: object) -> str:
    return re.sub(r"\s+", "", str(value)).translate(_ALIKE).casefold()


def measure_profiles(folder: Path = FOLDER) -> None:
    """Print the scores of the samples of a folder: all, and those that the rules were not written by.

    Our own are read as files of several kinds, those of another folder as they are.
    """
    samples = load_samples(folder)
    kinds = {kind: samples_of(kind, samples) for kind in KINDS} if folder == FOLDER else {"as they are": samples}
    if folder == FOLDER:
        kinds["PDF"] += [sample for sample in samples if not sample.is_resume]
    by_kind = {kind: {True: Result(), False: Result()} for kind in kinds}
    for kind, of_kind in kinds.items():
        for is_held_out in (True, False):
            by_kind[kind][is_held_out] = score([one for one in of_kind if one.is_held_out is is_held_out])
    _print_fields([results[True] for results in by_kind.values()], [results[False] for results in by_kind.values()])
    _print_kinds(kinds, by_kind)
    wrong = [name for results in by_kind.values() for result in results.values() for name in result.wrong_kind]
    print(f"\nTaken for the wrong kind of document: {', '.join(wrong) or 'none'}.")


def _print_fields(held_out: Sequence[Result], others: Sequence[Result]) -> None:
    results = {"all": _sum([*held_out, *others]), "held out": _sum(held_out)}
    if not results["held out"].fields:
        del results["held out"]
    columns = ("expected", "precision", "recall", "invented")
    header = ["field", *(f"{name}: {column}" for name in results for column in columns)]
    rows = [
        [key, *(cell for result in results.values() for cell in _cells(result.fields.get(key, Score())))]
        for key in results["all"].fields
    ]
    rows.append(["all fields", *(cell for result in results.values() for cell in _cells(result.total))])
    print_cells("Profiles by rules", header, rows)


def _print_kinds(kinds: Mapping[str, Sequence[Sample]], by_kind: Mapping[str, Mapping[bool, Result]]) -> None:
    columns = ("expected", "precision", "recall", "invented")
    rows = [
        [
            kind,
            str(sum(sample.is_resume for sample in kinds[kind])),
            *_cells(_sum(list(results.values())).total),
            *_cells(results[True].total),
        ]
        for kind, results in by_kind.items()
    ]
    header = ["file", "résumés", *columns, *(f"held out: {column}" for column in columns)]
    print_cells("The same by kind of file", header, rows)


def _sum(results: Sequence[Result]) -> Result:
    summed = Result()
    for result in results:
        for key, scored in result.fields.items():
            summed.fields.setdefault(key, Score()).add(scored)
    return summed


def _cells(scored: Score) -> list[str]:
    return [str(scored.expected), f"{scored.precision:.3f}", f"{scored.recall:.3f}", str(scored.invented)]
