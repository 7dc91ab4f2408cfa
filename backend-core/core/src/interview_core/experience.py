"""How long and in what kind of work somebody worked: by one rule, for what was read and for what was corrected."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Protocol

import yaml

_JUNIOR_BELOW, _SENIOR_FROM = 24, 60
_MIN_MONTHS_BEFORE = 12


@dataclass(frozen=True)
class Months:
    """How many months some periods cover together; the bounds differ where a period says years only."""

    at_least: int
    at_most: int

    @property
    def exact(self) -> int | None:
        """The one number that follows; None where the periods leave it open."""
        return self.at_least if self.at_least == self.at_most else None


class Seniority(StrEnum):
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"


class Work(Protocol):
    """An employment, as far as it tells how long and in what field somebody worked."""

    @property
    def role(self) -> str | None: ...
    @property
    def start(self) -> str | None: ...
    @property
    def end(self) -> str | None: ...
    @property
    def is_current(self) -> bool: ...


def count_experience(employments: Iterable[Work], today: date) -> Months | None:
    """Return how many months the employments cover, of those that say when they began and ended, or go on."""
    dated = [job for job in employments if job.start and (job.end or job.is_current)]
    return count_months([(job.start or "", job.end) for job in dated], today)


def count_months(periods: Iterable[tuple[str, str | None]], today: date) -> Months | None:
    """Return how many months some periods cover together, an overlap counted once; no end means until today.

    A year without its month is from December at the least, from January at the most. None: there is no period.
    """
    now = today.year * 12 + today.month - 1
    least: set[int] = set()
    most: set[int] = set()
    for start, end in periods:
        least.update(range(_index(start, 12), min(_index(end, 1) if end else now, now) + 1))
        most.update(range(_index(start, 1), min(_index(end, 12) if end else now, now) + 1))
    return Months(len(least), len(most)) if most else None


def _index(month: str, otherwise: int) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + (int(number) if number else otherwise) - 1


def seniority_of(months: Months | None, *, has_jobs: bool, has_education: bool) -> Seniority | None:
    """Return the level: below two years, up to five, from five on. None where the periods leave it open."""
    if months is None:
        return Seniority.JUNIOR if has_education and not has_jobs else None
    least, most = _level(months.at_least), _level(months.at_most)
    return least if least is most else None


def _level(months: int) -> Seniority:
    return Seniority.JUNIOR if months < _JUNIOR_BELOW else Seniority.MID if months < _SENIOR_FROM else Seniority.SENIOR


def is_career_change(employments: Sequence[Work], target_role: str | None, today: date) -> bool | None:
    """Tell whether most of the work so far was in another field than what is looked for, or done last.

    None: the titles do not say what field the work was in.
    """
    dated = [job for job in employments if job.start and job.role]
    newest = max(dated, key=lambda job: (job.is_current, job.end or "", job.start or ""), default=None)
    wanted = field_of(target_role) or (field_of(newest.role) if newest else None)
    months: Counter[str] = Counter()
    for job in dated:
        name, covered = field_of(job.role), count_experience([job], today)
        if name is not None and covered is not None:
            months[name] += covered.at_most
    if wanted is None or not months:
        return None
    elsewhere = sum(count for name, count in months.items() if name != wanted)
    return elsewhere >= _MIN_MONTHS_BEFORE and elsewhere > months[wanted]


def field_of(title: str | None) -> str | None:
    """Return the field of work that a title names."""
    return next((name for name, pattern in _fields() if pattern.search(title or "")), None)


@cache
def _fields() -> tuple[tuple[str, re.Pattern[str]], ...]:
    content = yaml.safe_load(resources.files(__package__).joinpath("fields_of_work.yaml").read_text("utf-8"))
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in content.items())
