"""What a résumé states, each with the names of what it is about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interview_worker.gpu.answer_figures import names_in
from interview_worker.gpu.sentences import sentences


@dataclass(frozen=True)
class Statement:
    text: str
    context: frozenset[str]
    """Words of the project or employer that it belongs to."""
    context_names: frozenset[str]


def statements(claims: Sequence[str], profile: Mapping[str, Any]) -> list[Statement]:
    """Return the claims and what the profile's entries say, each once, with what they belong to where that is known."""
    of_profile = list(_of_profile(profile))
    known = {statement.text: statement for statement in reversed(of_profile)}
    for claim in claims:
        if not any(claim in text or text in claim for text in known):
            known[claim] = Statement(claim, frozenset(), frozenset())
    return list(known.values())


def entries(profile: Mapping[str, Any], field: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of a list of the profile that have the form of one."""
    found = profile.get(field)
    yield from (entry for entry in found if isinstance(entry, Mapping)) if isinstance(found, list | tuple) else ()


def words_of(entry: Mapping[str, Any], key: str) -> str:
    """Return a text of an entry; "" where there is none."""
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _of_profile(profile: Mapping[str, Any]) -> Iterator[Statement]:
    for field, key in (("projects", "name"), ("employments", "company")):
        for entry in entries(profile, field):
            name = words_of(entry, key)
            context = names_in(re.findall(r"[\w+#.-]+", name))
            achievements = entry.get("achievements")
            texts = [item for item in achievements if isinstance(item, str)] if isinstance(achievements, list) else []
            for text in (*texts, *sentences(words_of(entry, "description"))):
                yield Statement(text, context, frozenset({name} if name else ()))
    for text in sentences(words_of(profile, "summary")):
        yield Statement(text, frozenset(), frozenset())
