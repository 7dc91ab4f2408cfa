"""Groups of roles, by the words of a title, so that a nurse is not asked about connection pools."""

import functools
import re
from importlib import resources

import yaml

CAREER_CHANGE = "career_change"


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    text = (resources.files("interview_worker.question_bank") / "role_groups.yaml").read_text("utf-8")
    return {group: re.compile(pattern, re.IGNORECASE) for group, pattern in yaml.safe_load(text).items()}


ROLE_GROUPS = frozenset({*_patterns(), CAREER_CHANGE})


def role_groups(title: str | None, *, is_career_change: bool = False) -> frozenset[str]:
    """Return the groups that a title belongs to, often one, and that of those who come from another field."""
    named = {group for group, pattern in _patterns().items() if pattern.search(title or "")}
    return frozenset(named | ({CAREER_CHANGE} if is_career_change else set()))
