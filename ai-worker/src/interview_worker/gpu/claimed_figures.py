"""Figures of an answer that cannot be true together with those of the résumé or of an earlier answer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from interview_worker.gpu.answer_figures import Figure, find_figures
from interview_worker.gpu.profile_texts import Statement, statements
from interview_worker.gpu.sentences import few_words, sentences
from interview_worker.gpu.signal_wording import pattern

_NUMERALS = {
    "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
_NUMBER = rf"\d{{1,4}}|{'|'.join(_NUMERALS)}"
_TEAM_SIZE = re.compile(
    rf"(?<![\d.~-])(?P<team>{_NUMBER})\s?(?:명|인)"
    r"(?:으로\s?(?:구성된|이루어진|이뤄진|된)?|의|짜리|\s?규모의?)?\s?(?:개발\s?|기획\s?|영업\s?)?팀"
    r"|(?:팀|팀원|팀\s?인원|팀\s?규모)(?:은|이|는|을|를|의)?\s?(?:모두\s?|총\s?|전부\s?)?"
    rf"(?P<members>{_NUMBER})\s?(?:명|인)"
    rf"|\bteam of (?P<of>{_NUMBER})(?!\d)"
    rf"|(?<![\d.~-])(?P<person>{_NUMBER})[- ](?:person|people|member|engineer|developer) team"
    rf"|\bled (?P<led>{_NUMBER}) (?:engineers|developers|people|designers|nurses|salespeople)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Contradiction:
    """What an answer says against something that was said before it."""

    target: str
    quote: str
    against: str


def against_resume(answer: str, claims: Sequence[str], profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Yield what the answer states otherwise than a claim or an entry of the profile."""
    known = statements(claims, profile)
    yield from _figures_against(find_figures(answer), known)
    yield from _team_size_against(answer, known, profile)


def against_answer(answer: str, earlier: str) -> Iterator[Contradiction]:
    """Yield what the answer states otherwise than an earlier one about exactly the same."""
    now = find_figures(answer)
    # Where something stood last is what it was said to be.
    for before in reversed(find_figures(earlier)):
        for figure in now:
            is_same = figure.is_about_the_same(before) and figure.subject == before.subject
            if is_same and figure.denies(before) and before.denies(figure):
                yield Contradiction(few_words(figure.words), figure.sentence, before.sentence)


def _figures_against(now: Sequence[Figure], known: Sequence[Statement]) -> Iterator[Contradiction]:
    for statement in known:
        for claimed in find_figures(statement.text):
            of_claim = replace(claimed, subject=claimed.subject | statement.context)
            comparable = [figure for figure in now if _is_of(figure, of_claim)]
            denying = [figure for figure in comparable if figure.denies(claimed)]
            # Who names the claimed figure too speaks of another step of the same work.
            if denying and len(denying) == len(comparable):
                yield Contradiction(few_words(claimed.words), denying[-1].sentence, statement.text)


def _is_of(figure: Figure, claimed: Figure) -> bool:
    return figure.is_about_the_same(claimed) and figure.subject <= claimed.subject


def _team_size_against(answer: str, known: Sequence[Statement], profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    claimed = [(size, statement) for statement in known for size, _ in _team_sizes(statement.text)]
    if len({size for size, _ in claimed}) != 1:
        return
    size, statement = claimed[0]
    names = {name for name in _names(profile) if name not in statement.context_names}
    for said, sentence in _team_sizes(answer):
        is_elsewhere = any(name.casefold() in sentence.casefold() for name in names)
        if said != size and not is_elsewhere:
            yield Contradiction(few_words(statement.text), sentence, statement.text)


def _team_sizes(text: str) -> Iterator[tuple[int, str]]:
    for sentence in sentences(text):
        vague = ("not_an_outcome", "about", "at_least", "at_most", "elsewhere", "someone_else")
        sizes = {_size(match) for match in _TEAM_SIZE.finditer(sentence)}
        if len(sizes) == 1 and not any(pattern(name).search(sentence) for name in vague):
            yield sizes.pop(), sentence


def _size(match: re.Match[str]) -> int:
    words = next(value for value in match.groupdict().values() if value)
    return int(words) if words.isdigit() else _NUMERALS[words.casefold()]


def _names(profile: Mapping[str, Any]) -> Iterator[str]:
    for field, key in (("projects", "name"), ("employments", "company")):
        for entry in profile.get(field) or []:
            if isinstance(entry, Mapping) and isinstance(name := entry.get(key), str) and name:
                yield name
