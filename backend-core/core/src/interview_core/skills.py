"""Technologies in a text, by a vocabulary with Korean and English spellings."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

# What may follow a Korean spelling directly: "자바를" names Java, "자바스크립트" does not.
_PARTICLE = r"(?:을|를|이|가|은|는|와|과|의|에|도|로|으로|및|기반|등|에서|이나|나|라는|만|까지|부터)(?![가-힣])"

# A field of work in a job's title says what somebody was, not what somebody can use.
_OF_A_TITLE = re.compile(
    r"(?:머신\s?러닝|딥\s?러닝|컴퓨터 비전|자연어\s?처리|machine learning|deep learning|computer vision|nlp|llm|ai)"
    r"\s(?:엔지니어|개발자|연구원|연구|팀|engineer|developer|researcher|scientist|research|team|lead)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Skill:
    name: str
    group: str
    spellings: tuple[str, ...]
    """All of them, the name first."""
    weight: int
    """How much it takes to master: 0 basic, 1 intermediate, 2 advanced, 3 expert."""
    is_ambiguous: bool
    """Also an ordinary word or letter, so it counts only in a list of technologies."""


@dataclass(frozen=True)
class Mention:
    """A technology with the spelling in which a text names it."""

    name: str
    words: str


@cache
def vocabulary() -> tuple[Skill, ...]:
    groups = yaml.safe_load(resources.files(__package__).joinpath("skills.yaml").read_text("utf-8"))
    return tuple(
        Skill(
            item["name"],
            group,
            (item["name"], *map(str, item.get("spellings", []))),
            int(item.get("weight", 1)),
            bool(item.get("ambiguous", False)),
        )
        for group, items in groups.items()
        for item in items
    )


@cache
def skill_groups() -> tuple[str, ...]:
    return tuple(dict.fromkeys(skill.group for skill in vocabulary()))


@cache
def skill_named(name: str) -> Skill:
    return next(skill for skill in vocabulary() if skill.name == name)


def group_of(name: str) -> str | None:
    """Return the group of a technology by any of its spellings; None for one that the vocabulary lacks."""
    skill = _pattern()[1].get(name.casefold())
    return skill.group if skill else None


def find_skills(text: str, *, is_list: bool) -> list[str]:
    """Return the names of the technologies in a text, each once, in order of appearance."""
    return [mention.name for mention in find_mentions(text, is_list=is_list)]


def find_mentions(text: str, *, is_list: bool, known: frozenset[str] = frozenset()) -> list[Mention]:
    """Return the technologies that a text names, each once, in order of appearance.

    A name that is also a word, such as Go, counts where the text lists technologies (`is_list`), beside another
    technology, and, written exactly so, where it is among the `known` ones.
    """
    pattern, names = _pattern()
    matches = [
        (match, names[match.group().casefold()])
        for match in pattern.finditer(text)
        if not _OF_A_TITLE.match(text, match.start())
    ]
    sure = {match.span() for match, skill in matches if not skill.is_ambiguous}
    found: dict[str, Mention] = {}
    for match, skill in matches:
        is_meant = is_list or not skill.is_ambiguous or _is_meant(match, skill, text, known, sure)
        if is_meant:
            found.setdefault(skill.name, Mention(skill.name, match.group()))
    return list(found.values())


def _is_meant(match: re.Match[str], skill: Skill, text: str, known: frozenset[str], sure: set[tuple[int, int]]) -> bool:
    if match.group() != skill.name and match.group() not in skill.spellings:
        return False
    is_known = skill.name in known and match.group() == skill.name and len(skill.name) > 1
    return is_known or any(_is_beside(match.span(), other, text) for other in sure)


def _is_beside(own: tuple[int, int], other: tuple[int, int], text: str) -> bool:
    between = text[own[1] : other[0]] if own[1] <= other[0] else text[other[1] : own[0]]
    return len(between) <= 3 and re.fullmatch(r" ?[,/·&+|] ?", between) is not None


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, Skill]]:
    names = {spelling.casefold(): skill for skill in vocabulary() for spelling in skill.spellings}
    # The longest spelling first, so that "Spring Boot" is not read as "Spring".
    alternatives = "|".join(_alternative(spelling) for spelling in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9가-힣.#+_@-])(?:{alternatives})", re.IGNORECASE), names


def _alternative(spelling: str) -> str:
    is_korean = bool(re.search("[가-힣]$", spelling))
    end = rf"(?=$|[^A-Za-z0-9가-힣]|{_PARTICLE})" if is_korean else r"(?![A-Za-z0-9+#&_@])(?!\.[A-Za-z]|-[a-z])"
    return re.escape(spelling) + end
