"""A résumé's sections, found by the headings that people write in Korean and English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line

TOP = "contact"
"""The section of what stands above the first heading."""

_MAX_HEADING = 40
_DECORATION = " \t■□●○◆◇▶▷►▪▫•·*#=-–—_~|<>《》〈〉【】[]()「」:：."
_NUMBERING = "0123456789ⅠⅡⅢⅣⅤIVX)"

# Within these, "Skills: Java, SQL" belongs to one employment or project and opens no section.
_WITH_OWN_SKILLS = {"projects", "experience"}


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    """As the document writes it; empty above the first heading."""
    lines: tuple[Line, ...]


@cache
def _headings() -> dict[str, str]:
    data = yaml.safe_load(resources.files(__package__).joinpath("headings.yaml").read_text("utf-8"))
    return {_fold(title): key for key, titles in data.items() for title in titles}


def _fold(text: str) -> str:
    return re.sub(r"[\s&/,·]+|\band\b|및", "", text.casefold())


def find_heading(text: str) -> str | None:
    """Return the key of the section that a line opens, if it is a heading."""
    if len(text) > _MAX_HEADING:
        return None
    title = text.strip(_DECORATION)
    return _headings().get(_fold(title)) or _headings().get(_fold(title.lstrip(_NUMBERING + _DECORATION)))


def split_sections(lines: Sequence[Line]) -> list[Section]:
    """Return the sections in the order of the document; every line is in one, except that headings became titles."""
    sections: list[Section] = []
    key, title, content = TOP, "", list[Line]()
    for line in lines:
        opened = find_heading(line.text)
        has_content = opened is None and key not in _WITH_OWN_SKILLS and _opens_skills(line.text)
        if opened is None and not has_content:
            content.append(line)
            continue
        sections.append(Section(key, title, tuple(content)))
        key, title, content = (opened, line.text, []) if opened else ("skills", "", [line])
    sections.append(Section(key, title, tuple(content)))
    return [section for section in sections if section.lines]


def _opens_skills(text: str) -> bool:
    """Tell whether a line is a heading with its content, as in "Skills: Java, SQL"."""
    label, colon, rest = text[:500].replace("：", ":").partition(":")
    return bool(colon and rest.strip()) and find_heading(label) == "skills"
