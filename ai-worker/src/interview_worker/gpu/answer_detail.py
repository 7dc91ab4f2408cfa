"""How much an answer says: where it stays vague, and what of it is worth more questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from interview_worker.gpu.answer_figures import amounts, moves
from interview_worker.gpu.sentences import clauses, few_words, sentences
from interview_worker.gpu.signal_wording import pattern

_MIN_WORDS = {"ko": 8, "en": 12}
_ALWAYS_SHORT = 4
_MANY_GENERALITIES = 2
_BIG_SHARE, _BIG_RATIO = 60, 3
_NAME = re.compile(
    r"(?<![A-Za-z])(?!I(?![A-Za-z])|I['’])[A-Z][A-Za-z0-9+#.]*|[A-Za-z]+[0-9+#][\w+#]*"
    r"|[\"“「‘『][^\"”」’』]{2,40}[\"”」’』]"
)
_STARTS_SENTENCE = re.compile(r"(?:^|[.!?]\s+|\n)[\"'“]?[A-Z][a-z]*")
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True)
class Part:
    """A passage of an answer that stands there literally, and a few words of it."""

    target: str
    quote: str


def vague_part(answer: str, language: str) -> Part | None:
    """Return the vaguest sentence of an answer that is too short, or names no figure, thing or act of one's own."""
    said = list(sentences(answer))
    if not said:
        return None
    words = len(answer.split())
    vaguest = max(said, key=lambda sentence: len(pattern("generalities").findall(sentence)))
    is_concrete = _FIGURE.search(answer) is not None or _has_name(answer)
    if words <= _ALWAYS_SHORT or (not is_concrete and words < _MIN_WORDS.get(language, _MIN_WORDS["en"])):
        return Part(_vaguest_words(vaguest), vaguest)
    generalities = len(pattern("generalities").findall(answer))
    is_own = pattern("own_action").search(answer) is not None
    if is_concrete or not generalities or (is_own and generalities < _MANY_GENERALITIES):
        return None
    return Part(_vaguest_words(vaguest), vaguest)


def _vaguest_words(sentence: str) -> str:
    """Return the clause that says least, else the sentence, without what only leads into it."""
    counted = [(len(pattern("generalities").findall(clause)), clause) for clause in clauses(sentence)]
    most, vaguest = max(counted, key=lambda item: item[0], default=(0, sentence))
    said = vaguest if most else sentence
    return few_words(pattern("leading_words").sub("", said) or said)


def interesting_parts(answer: str) -> Iterator[Part]:
    """Yield unusual measured effects, inventions of one's own, and a failure from which something was learned."""
    for sentence in sentences(answer):
        effect = _effect(sentence)
        invention = pattern("invention").search(sentence)
        if effect:
            yield Part(effect, sentence)
        elif invention and not pattern("someone_else").search(sentence):
            yield Part(few_words(sentence[invention.start() :]), sentence)
    yield from _failure(answer)


def _effect(sentence: str) -> str | None:
    if pattern("not_an_outcome").search(sentence):
        return None
    for _, before, after, words in moves(sentence):
        if min(before, after) > 0 and max(before, after) / min(before, after) >= _BIG_RATIO:
            return next((few_words(clause) for clause in clauses(sentence) if words in clause), words)
    for clause in clauses(sentence):
        if _changes(clause):
            return few_words(clause)
    return None


def _changes(clause: str) -> bool:
    """Tell whether a clause states a change, and a big one."""
    for match in re.finditer(r"\d+(?:\.\d+)?\s?(?:%|퍼센트|percent|배|x\b|times\b)", clause, re.IGNORECASE):
        before, after = clause[: match.start()], clause[match.end() :]
        is_change = pattern("change_after").match(after) or pattern("change_before").search(before)
        is_times = "배" in match.group() or match.group().casefold().endswith(("x", "times"))
        found = next(amounts(match.group()), None)
        if found and is_change and sum(found[1:]) / 2 >= (_BIG_RATIO if is_times else _BIG_SHARE):
            return True
    return False


def _failure(answer: str) -> Iterator[Part]:
    admitted = [
        sentence
        for sentence in sentences(answer)
        if pattern("failure").search(sentence) and not pattern("no_failure").search(sentence)
    ]
    if admitted and pattern("lesson").search(answer) and not pattern("someone_else").search(admitted[0]):
        yield Part(few_words(admitted[0]), admitted[0])


def _has_name(answer: str) -> bool:
    """Tell whether a text names a thing: a capital inside a sentence, a word with digits or signs, a quotation."""
    starts = {match.end() for match in _STARTS_SENTENCE.finditer(answer)}
    return any(match.end() not in starts for match in _NAME.finditer(answer))
