"""Takes statements about the person out of what a model writes: accent, looks, nerves, origin and the like."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

# A dot within a word or number ends no sentence.
_SENTENCE = re.compile(r"[^.!?。\n]*(?:[.](?=\S)[^.!?。\n]*)*[.!?。\n]*\s*")
_FRAGMENT_DEPTH = 3


@dataclass(frozen=True)
class Clean:
    """A text that may be read; None when nothing of it may."""

    text: str | None
    removed: int


def without_forbidden(text: str | None) -> Clean:
    """Return the text without the sentences that say something about the person, and how many those were."""
    if text is None:
        return Clean(None, 0)
    sentences = [match.group() for match in _SENTENCE.finditer(text) if match.group()]
    kept = [sentence for sentence in sentences if not forbidden_topics(sentence)]
    left = "".join(kept).strip()
    return Clean(left or None, len(sentences) - len(kept))


def forbidden_topics(text: str) -> list[str]:
    """Return what about a person the text speaks of, such as `accent`."""
    wording = _wording()
    is_technical = wording.technical.search(text) is not None
    return [
        topic
        for topic in wording.rules
        if wording.rules[topic].search(text) or (not is_technical and wording.words[topic].search(text))
    ]


@dataclass(frozen=True)
class _Wording:
    technical: re.Pattern[str]
    words: dict[str, re.Pattern[str]]
    rules: dict[str, re.Pattern[str]]


@cache
def _wording() -> _Wording:
    content = yaml.safe_load(resources.files(__package__).joinpath("forbidden.yaml").read_text("utf-8"))
    fragments: dict[str, str] = content["fragments"]

    def compiled(rules: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{_filled(rule, fragments)})" for rule in rules), re.IGNORECASE)

    words, rules = ({topic: compiled(listed) for topic, listed in content[kind].items()} for kind in ("words", "rules"))
    return _Wording(compiled(content["technical"]), words, rules)


def _filled(rule: str, fragments: dict[str, str]) -> str:
    for _ in range(_FRAGMENT_DEPTH):
        rule = re.sub(r"<<(\w+)>>", lambda match: fragments[match[1]], rule)
    return rule
