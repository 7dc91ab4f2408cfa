"""How experienced somebody is, and whether the work changed: both follow from the employments."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.careers import Employment
from interview_worker.cpu.periods import Months, count_months

_JUNIOR_BELOW, _SENIOR_FROM = 24, 60
_MIN_MONTHS_BEFORE = 12


class Seniority(StrEnum):
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"


def seniority_of(months: Months | None, *, has_jobs: bool, has_education: bool) -> Seniority | None:
    """Return the level: below two years, up to five, from five on. None where the periods leave it open."""
    if months is None:
        return Seniority.JUNIOR if has_education and not has_jobs else None
    least, most = _level(months.at_least), _level(months.at_most)
    return least if least is most else None


def _level(months: int) -> Seniority:
    return Seniority.JUNIOR if months < _JUNIOR_BELOW else Seniority.MID if months < _SENIOR_FROM else Seniority.SENIOR


def is_career_change(employments: Sequence[Employment], target_role: str | None, today: date) -> bool | None:
    """Tell whether most of the work so far was in another field than what is looked for, or done last.

    None: the titles do not say what field the work was in.
    """
    dated = [job for job in employments if job.start and job.role]
    newest = max(dated, key=lambda job: (job.is_current, job.end or "", job.start or ""), default=None)
    wanted = field_of(target_role) or (field_of(newest.role) if newest else None)
    months: Counter[str] = Counter()
    for job in dated:
        name, covered = field_of(job.role), count_months([(job.start or "", job.end)], today)
        if name is not None and covered is not None and (job.end or job.is_current):
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
