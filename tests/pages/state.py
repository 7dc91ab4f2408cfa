"""A state of a page: how it comes about and by what it is known."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.pages.page_server import Answers

Act = Callable[[Page, str], None]
"""What somebody does on the page, in its language, until it is in the state."""


@dataclass(frozen=True)
class State:
    name: str
    path: str
    answers: Callable[[str], Answers]
    """What the API answers to a candidate of this language."""

    shows: tuple[str, str]
    """Words on the page, in Korean and in English, that it has in this state only."""

    act: Act | None = None
    before: str = ""
    """A script that runs before any of the page's."""


@dataclass(frozen=True)
class Look:
    """A browser's window and what its owner prefers."""

    language: str
    width: int
    scheme: str

    @property
    def name(self) -> str:
        return f"{self.language}-{self.width}-{self.scheme}"


def word(language: str, ko: str, en: str) -> str:
    return ko if language == "ko" else en
