"""The words by which answers are judged without a model, as data in `answer_signals.yaml`."""

import functools
import re
from importlib import resources
from typing import Any

import yaml


@functools.cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the expression of that name, whatever the letter case."""
    return re.compile(_content()[name], re.IGNORECASE)


@functools.cache
def measures() -> re.Pattern[str]:
    """Return one expression in which each kind of measure is a group of its name."""
    groups = (f"(?P<{name}>{words})" for name, words in _content()["measures"].items())
    return re.compile(rf"(?<![A-Za-z가-힣])(?:{'|'.join(groups)})(?![A-Za-z])", re.IGNORECASE)


@functools.cache
def plain_words() -> frozenset[str]:
    return frozenset(_content()["plain_words"])


@functools.cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(
        resources.files("interview_worker.gpu").joinpath("answer_signals.yaml").read_text("utf-8")
    )
    return content
