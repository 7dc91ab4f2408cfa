"""What a judge gets to see of an answer: its content, without what must not count.

Names, schools, personal data, fillers, good manners, bare lists of names of technologies, what is said twice and orders
to the judge are taken out before a model reads the answer, so that they cannot change what it thinks of it.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from interview_worker.gpu.evidence import MIN_QUOTE, Span, find_quote
from interview_worker.gpu.traced_text import TracedText
from interview_worker.masking import MASKS, RULES

PERSON, SCHOOL = "[name]", "[school]"
HIDDEN = (PERSON, SCHOOL, *MASKS)

_MAX_TEXT = 20_000
"""Characters that are read at all; a judge sees fewer."""

# Which of the two forms a particle has would tell whether the hidden name ends with a consonant.
_SAME_PARTICLE = {
    form: pair.split("/")[0]
    for pair in ("은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라")
    for form in pair.split("/")
}
_PARTICLE = re.compile(rf"({'|'.join(map(re.escape, (PERSON, SCHOOL)))})({'|'.join(_SAME_PARTICLE)})(?=[\s,.고는])")

_SENTENCE = re.compile(r"[^.!?。…\n]*(?:\.(?=\S)[^.!?。…\n]*)*[.!?。…\n]*\s*")
_STAMMER = re.compile(r"(?<!\w)([^\W\d_]{1,12})(?:[\s,.…]+\1(?!\w))+", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_EDGE_MARKS = re.compile(r"^[\s,.…!?]+")
_MIN_LIST = 4
_LISTED = re.compile(r"[A-Za-z][A-Za-z0-9+#./-]*(?:\s(?:[A-Z][A-Za-z0-9+#./-]*|\d+(?:\.\d+)*))?|[가-힣]{2,8}")
_LIST_MARKS = re.compile(r"[\s,;/|·、&+]+|\band\b|그리고|및")
_PREDICATE = re.compile(
    r"[가-힣](?:다|요|죠|까|음|함|됨|임|기)$|^(?:is|are|was|were|use[ds]?|built|made|have|had|did|i|we)$"
)


@dataclass(frozen=True)
class SeenAnswer:
    """An answer as a judge reads it."""

    content: TracedText
    instruction_count: int
    """Passages that gave orders to the judge."""

    @property
    def text(self) -> str:
        return self.content.text

    def find(self, quote: str) -> Span | None:
        """Return where the candidate's own text holds a quote of what the judge saw; None when it does not."""
        without_marks = functools.reduce(lambda text, mark: text.replace(mark, " "), HIDDEN, quote)
        # What was hidden proves nothing.
        if sum(char.isalnum() for char in without_marks) < MIN_QUOTE:
            return None
        place = find_quote(quote, self.text)
        return self.content.original(place) if place else None


def see(text: str, names: Sequence[str] = ()) -> SeenAnswer:
    """Return what of an answer counts. `names` are the candidate's own."""
    content = TracedText.of(text).cut(_MAX_TEXT)
    content = content.replaced(_patterns("schools"), lambda _: SCHOOL)
    content = content.replaced(_patterns("people"), lambda _: PERSON)
    if own := _own_names(names):
        content = content.replaced(own, lambda _: PERSON)
    content = content.replaced(_PARTICLE, lambda match: match[1] + _SAME_PARTICLE[match[2]])
    for pattern, replace in RULES:
        content = content.replaced(pattern, replace)
    orders = list(_patterns("orders").finditer(content.text))
    content = content.replaced(_patterns("orders"), lambda _: " ")
    content = content.replaced(_fillers(), lambda _: " ").replaced(_STAMMER, lambda match: match[1])
    content = content.without(list(_empty_sentences(content.text)))
    content = content.replaced(_SPACE, lambda _: " ").replaced(_EDGE_MARKS, lambda _: "")
    return SeenAnswer(_stripped(content), len(orders))


def names_in(text: str, own: Sequence[str] = ()) -> list[str]:
    """Return the schools and persons that a text names."""
    patterns = [_patterns("schools"), _patterns("people"), *filter(None, [_own_names(own)])]
    return [match.group() for pattern in patterns for match in pattern.finditer(text)]


def _stripped(content: TracedText) -> TracedText:
    return content.cut(len(content.text.rstrip()))


@cache
def _wording() -> dict[str, list[str]]:
    content: dict[str, list[str]] = yaml.safe_load(
        resources.files(__package__).joinpath("seen_answer.yaml").read_text("utf-8")
    )
    return content


@cache
def _patterns(kind: str) -> re.Pattern[str]:
    # What a school or a person is called depends on capitals; everything else is said either way.
    flags = re.NOFLAG if kind in {"schools", "people"} else re.IGNORECASE
    return re.compile("|".join(f"(?:{rule})" for rule in _wording()[kind]), flags)


@cache
def _fillers() -> re.Pattern[str]:
    alone, hesitating = ("|".join(_wording()[kind]) for kind in ("fillers", "hesitations"))
    return re.compile(
        rf"(?<![\w'])(?:(?:{alone})(?![\w'])(?:\s?(?:,|~+|\.{{2,}}|…+))*|(?:{hesitating})\s?(?:,|~+|\.{{2,}}|…+)+)",
        re.IGNORECASE,
    )


@cache
def _formulas() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule})" for rule in _wording()["formulas"]), re.IGNORECASE)


def _own_names(names: Sequence[str]) -> re.Pattern[str] | None:
    usable = [name for name in names if re.fullmatch(r"[가-힣]{2,5}|[A-Z][a-z]+(?:[ -][A-Z][a-z]+){1,3}", name)]
    if not usable:
        return None
    words = "|".join(r"\s?".join(map(re.escape, name.split())) for name in sorted(usable, key=len, reverse=True))
    return re.compile(rf"(?<![가-힣A-Za-z])(?:{words})(?![A-Za-z])")


def _empty_sentences(text: str) -> Iterator[Span]:
    """Yield the sentences that say nothing about the competency, or nothing that was not said before."""
    said: set[str] = set()
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        plain = re.sub(r"\W+", "", sentence).casefold()
        if not plain or plain in said or _formulas().fullmatch(sentence.strip(" \n.!?…,~")) or _only_lists(sentence):
            yield Span(*match.span())
        said.add(plain)


def _only_lists(sentence: str) -> bool:
    """Tell whether a sentence names things one after another and says nothing about them."""
    items = [item for item in _LIST_MARKS.split(sentence.strip(" \n.!?…")) if item]
    if len(items) < _MIN_LIST or any(_PREDICATE.search(item.casefold()) for item in items):
        return False
    latin = sum(item[0].isascii() and item[0].isalpha() and _LISTED.fullmatch(item) is not None for item in items)
    marks = len(re.findall(r"[,;/|·、]", sentence))
    return latin >= len(items) * 0.8 and (marks >= _MIN_LIST - 1 or _is_title_case(items))


def _is_title_case(items: Sequence[str]) -> bool:
    return sum(item[0].isupper() or not item.isalpha() for item in items) >= len(items) * 0.8
