"""Loads the catalogue of what may be learned, and finds its topics in a text."""

import functools
import re
from collections.abc import Iterable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.scenario import Localized

Language = Literal["ko", "en"]
_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
# Korean words take particles, so a Latin word may be followed by a Korean one: "Redis를".
_BEFORE, _AFTER = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9+#])"


class Link(BaseModel):
    """A page worth learning from, as it is stored and shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9-]+$")
    title: str = Field(min_length=1, max_length=200)
    language: Language
    kind: Literal["documentation", "tutorial", "course", "book", "article", "practice", "roadmap"]
    url: str = Field(pattern=r"^https://[a-z0-9.-]+\.[a-z]{2,}(/[\w./?=&%-]*)?$", max_length=300)
    access: Literal["free", "paid", "partly_free"]
    licence: str | None
    """Of the content, where it is known."""
    checked: date | None
    """When a program last reached the address."""


class Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Id
    name: Localized
    kind: Literal["technology", "practice"] = "technology"
    match: Literal["text", "case", "list"] = "text"
    spellings: list[str] = []
    not_in: list[str] = []
    """Words that hold a spelling and mean something else."""
    implied_by: list[str] = []
    """Names of what nobody uses without knowing the topic."""
    competencies: list[str] = []
    deepen: Localized
    begin: Localized
    links: list[Link] = Field(min_length=1)

    @model_validator(mode="after")
    def _links_are_its_own(self) -> Self:
        if foreign := [link.id for link in self.links if not link.id.startswith(f"{self.id}.")]:
            raise ValueError(f"links of {self.id} are named otherwise: {foreign}")
        return self

    def links_for(self, language: str) -> list[Link]:
        """Return the links, what costs money last, and of the others those in the language first."""
        return sorted(self.links, key=lambda link: (link.access == "paid", link.language != language))

    def is_in_list(self, names: Iterable[str]) -> bool:
        """Tell whether a list of skills names the topic."""
        spellings = {spelling.casefold() for spelling in self._all_spellings}
        return any(name.strip().casefold() in spellings for name in names) or any(map(self.is_in_text, names))

    def is_in_text(self, text: str) -> bool:
        """Tell whether a text names the topic: not Go in "Google", but Redis in "Redis를"."""
        for word in self.not_in:
            text = text.replace(word, "")
        return self.kind == "technology" and self._pattern.search(text) is not None

    def is_implied_in(self, text: str) -> bool:
        """Tell whether a text names what nobody uses without knowing the topic, as PostgreSQL without SQL."""
        return self._implying.search(text) is not None

    @functools.cached_property
    def _implying(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_bounded, self.implied_by)) or r"(?!)", re.IGNORECASE)

    @property
    def _all_spellings(self) -> list[str]:
        return [self.name.ko, self.name.en, *self.spellings]

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        spellings = self.spellings if self.match == "list" else self._all_spellings
        ignored = re.NOFLAG if self.match == "case" else re.IGNORECASE
        parts = [_bounded(spelling) for spelling in sorted(set(spellings), key=len, reverse=True)]
        return re.compile("|".join(parts) or r"(?!)", ignored)


class Role(BaseModel):
    """What is often needed in a role, the most usual first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Id
    titles: list[str] = Field(min_length=1)
    topics: list[str] = Field(min_length=1)


class Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    topics: list[Topic]
    roles: list[Role]

    @model_validator(mode="after")
    def _ids_are_unique_and_known(self) -> Self:
        ids = [topic.id for topic in self.topics]
        links = [link.id for topic in self.topics for link in topic.links]
        for names in (ids, links):
            if len(set(names)) != len(names):
                raise ValueError("an id stands twice in the learning catalogue")
        if unknown := {topic for role in self.roles for topic in role.topics} - set(ids):
            raise ValueError(f"roles name topics that are not in the catalogue: {sorted(unknown)}")
        return self

    def get(self, topic_id: str) -> Topic:
        return next(topic for topic in self.topics if topic.id == topic_id)

    def topics_of_role(self, title: str) -> list[Topic]:
        """Return what is often needed in the first role that a title names; nothing for a role that is not known."""
        for role in self.roles:
            if any(re.search(_bounded(name), title, re.IGNORECASE) for name in role.titles):
                return [self.get(topic_id) for topic_id in role.topics]
        return []


def catalogue_file() -> Path:
    """Return the file that holds topics and links."""
    return Path(str(resources.files(__package__).joinpath("catalogue.yaml")))


@functools.cache
def load_catalogue() -> Catalogue:
    """Return the catalogue, or raise ValueError when a file is not valid or an id stands twice."""
    content = yaml.safe_load(catalogue_file().read_text("utf-8"))
    roles = yaml.safe_load(catalogue_file().with_name("roles.yaml").read_text("utf-8"))
    return Catalogue.model_validate({**content, "roles": roles})


def _bounded(spelling: str) -> str:
    words = r"\s*".join(map(re.escape, spelling.split()))
    return f"{_BEFORE}{words}{_AFTER}" if spelling.isascii() else words
