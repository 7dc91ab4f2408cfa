"""Technologies in a text, by a vocabulary with Korean and English spellings."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

# What may follow a Korean spelling directly: "자바를" names Java, "자바스크립트" does not.
_PARTICLE = r"(?:을|를|이|가|은|는|와|과|의|에|도|로|으로|및|기반|등|에서|이나|나|라는)(?![가-힣])"


@dataclass(frozen=True)
class Skill:
    name: str
    group: str
    spellings: tuple[str, ...]
    """All of them, the name first."""
    is_ambiguous: bool
    """Also an ordinary word or letter, so it counts only in a list of technologies."""


@cache
def vocabulary() -> tuple[Skill, ...]:
    groups = yaml.safe_load(resources.files(__package__).joinpath("skills.yaml").read_text("utf-8"))
    return tuple(
        Skill(
            item["name"],
            group,
            (item["name"], *map(str, item.get("spellings", []))),
            bool(item.get("ambiguous", False)),
        )
        for group, items in groups.items()
        for item in items
    )


def find_skills(text: str, *, is_list: bool) -> list[str]:
    """Return the names of the technologies in a text, each once, in order of appearance.

    `is_list`: the text lists technologies, so names that are also words, such as Go, count.
    """
    pattern, names = _pattern(is_list)
    found = (names[match.group().casefold()] for match in pattern.finditer(text))
    return list(dict.fromkeys(found))


@cache
def _pattern(with_ambiguous: bool) -> tuple[re.Pattern[str], dict[str, str]]:
    names = {
        spelling.casefold(): skill.name
        for skill in vocabulary()
        for spelling in skill.spellings
        if with_ambiguous or not skill.is_ambiguous
    }
    # The longest spelling first, so that "Spring Boot" is not read as "Spring".
    alternatives = "|".join(_alternative(spelling) for spelling in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9가-힣.#+])(?:{alternatives})", re.IGNORECASE), names


def _alternative(spelling: str) -> str:
    is_korean = bool(re.search("[가-힣]$", spelling))
    end = rf"(?=$|[^A-Za-z0-9가-힣]|{_PARTICLE})" if is_korean else r"(?![A-Za-z0-9+#&])(?!\.[A-Za-z])"
    return re.escape(spelling) + end
