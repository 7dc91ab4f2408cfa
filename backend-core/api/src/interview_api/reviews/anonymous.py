"""What somebody reads who is to judge words and not a person: without the candidate's name."""

import re
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlmodel import Session

from interview_core.db.resumes import candidate_names
from interview_core.db.tables import Interview, Resume, User

Shown = TypeVar("Shown", bound=BaseModel)

HIDDEN = "○○"
_SHORTEST = 2


def names_of(session: Session, interview: Interview) -> list[str]:
    """Return what the candidate is called in their account and their résumé."""
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    user = session.get_one(User, interview.user_id)
    return [name for name in {*candidate_names(resume), user.display_name} if len(name) >= _SHORTEST]


def without_names(shown: Shown, names: list[str]) -> Shown:
    """Return the same with a sign in place of each name."""
    if not names:
        return shown
    # A name in Hangul is followed by a particle or a title without a space; one in letters must be the whole word.
    pattern = re.compile("|".join(_pattern(name) for name in sorted(names, key=len, reverse=True)), re.IGNORECASE)
    return type(shown).model_validate(_hide(shown.model_dump(), pattern))


def _pattern(name: str) -> str:
    return rf"(?<!\w){re.escape(name)}" + (r"(?!\w)" if name.isascii() else "")


def _hide(value: Any, pattern: re.Pattern[str]) -> Any:
    if type(value) is str:
        return pattern.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {key: _hide(item, pattern) for key, item in value.items()}
    return [_hide(item, pattern) for item in value] if isinstance(value, list) else value
