"""Loads and renders the prompts in this folder."""

import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Literal, Self

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field, model_validator

from interview_core.scenario import variables

Language = Literal["ko", "en"]

_FENCES = ("answer", "claim", "company", "conversation", "job", "resume", "reviews", "topics")
_FENCE = re.compile(rf"<(?=\s*/?\s*(?:{'|'.join(_FENCES)})\b)", re.IGNORECASE)


class Example(BaseModel):
    """A question to the model and the answer it should give; taken literally."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str = Field(min_length=1)
    assistant: str = Field(min_length=1)


class Prompt(BaseModel):
    """What is said to a model for one purpose in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z][a-z_]*$")
    language: Language
    version: int = Field(ge=1)
    output: Literal["text", "judgement", "claim", "choice", "decision", "profile"]
    absent: str = Field(min_length=1)
    """Stands for a value that is not known."""
    variables: frozenset[str]
    system: str = Field(min_length=1)
    """The same for every candidate, so that a model's cache keeps it."""
    examples: list[Example]
    user: str = Field(min_length=1)

    @model_validator(mode="after")
    def _variables_match(self) -> Self:
        used = variables(self.user)
        if used != self.variables:
            raise ValueError(f"declared and used variables differ: {sorted(used ^ self.variables)}")
        return self

    @property
    def id(self) -> str:
        """Name, language and version, as stored with what the prompt produced."""
        return f"{self.name}.{self.language}@{self.version}"

    def messages(self, values: Mapping[str, str | None]) -> list[BaseMessage]:
        """Return the messages for a model. Every variable must be given; None and blank become the word for absent.

        Raises:
            ValueError: a variable is missing or unknown.
        """
        return self._render(self.user, values)

    def opening(self, last: str, values: Mapping[str, str | None]) -> list[BaseMessage]:
        """Return the messages up to and including a variable of the user's text, as they begin whatever follows.

        Raises:
            ValueError: a variable up to there is missing, or another one is given.
        """
        mark = f"{{{last}}}"
        return self._render(self.user[: self.user.index(mark) + len(mark)], values)

    def _render(self, user: str, values: Mapping[str, str | None]) -> list[BaseMessage]:
        if values.keys() != variables(user):
            raise ValueError(f"{self.id} takes {sorted(variables(user))}, not {sorted(values)}")
        filled = {name: fenced((value or "").strip()) or self.absent for name, value in values.items()}
        turns = [
            turn for example in self.examples for turn in (HumanMessage(example.user), AIMessage(example.assistant))
        ]
        return [SystemMessage(self.system), *turns, HumanMessage(user.format_map(filled))]


def fenced(text: str) -> str:
    """Return the text with the brackets of our own fences replaced, so that it cannot end the fence it stands in."""
    return _FENCE.sub("‹", text)


@functools.cache
def load_prompts() -> dict[tuple[str, str], Prompt]:
    """Return all prompts by name and language.

    Raises:
        ValueError: a file is not valid, or a prompt lacks one of the languages.
    """
    folder = resources.files("interview_worker.prompts")
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")]
    prompts: dict[tuple[str, str], Prompt] = {}
    for file in sorted(files, key=lambda item: item.name):
        prompt = Prompt.model_validate(yaml.safe_load(file.read_text("utf-8")))
        if file.name != f"{prompt.name}.{prompt.language}.yaml":
            raise ValueError(f"{file.name} holds the prompt {prompt.name}.{prompt.language}")
        prompts[prompt.name, prompt.language] = prompt
    for name, _ in prompts:
        if missing := {"ko", "en"} - {language for other, language in prompts if other == name}:
            raise ValueError(f"the prompt {name} lacks {', '.join(sorted(missing))}")
    return prompts


def get_prompt(name: str, language: str) -> Prompt:
    return load_prompts()[name, language]
