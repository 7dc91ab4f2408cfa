"""Passages of a résumé that speak to a program instead of a reader: data about the file, not about the person."""

import base64
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources

import yaml

from interview_worker.cpu.documents import Line
from interview_worker.cpu.passages import Passage, join_wrapped


@cache
def _rules(kind: str) -> re.Pattern[str]:
    content = yaml.safe_load(resources.files(__package__).joinpath("instructions.yaml").read_text("utf-8"))
    fragments: dict[str, str] = content["fragments"]

    def fill(rule: str) -> str:
        return re.sub(r"<<(\w+)>>", lambda match: fragments[match[1]], rule)

    return re.compile("|".join(f"(?:{fill(rule)})" for rule in content[kind]), re.IGNORECASE)


_QUOTED = re.compile(r"[\"“'‘「『][^\"”'’」』\n]{3,160}[\"”'’」』]")
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{20,}(?:\s[A-Za-z0-9+/]{4,})*={0,2}(?![A-Za-z0-9+/=])")
"""It may have been broken at the ends of lines, and lack its end."""
_MIN_ENCODED = 20
_ENCODED_END = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{20,}$")
_ENCODED_START = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}(?![A-Za-z0-9+/=])")
_SPACED = re.compile(r"(?<!\S)(?:[A-Za-z][ ._-]){4,}[A-Za-z](?!\S)")
_WORD = re.compile(r"[A-Za-z]{4,}")
_SAFE_WORDS = (
    "ignore disregard forget override previous prior above earlier instructions instruction rules prompt prompts system"
    " candidate applicant resume highest maximum perfect score rating recommend assistant please print reveal output"
    " hired language model evaluate everything guidelines give"
)
_LOOKALIKES = str.maketrans("аеорсухіԁАВЕКМНОРСТХ0134@$", "aeopcyxidABEKMHOPCTXoieaas")
_MAX_PASSAGE = 4000


def _scrambled(word: str) -> tuple[str, str, str]:
    return word[0], "".join(sorted(word[1:-1])), word[-1]


_BY_LETTERS = {_scrambled(word): word for word in _SAFE_WORDS.split()}


def find_instructions(lines: Sequence[Line]) -> list[Passage]:
    """Return the passages that give a program orders: openly, encoded, with scrambled letters or look-alikes."""
    passages = join_wrapped(lines)
    found = [is_instruction(passage.text) for passage in passages]
    for index in range(len(passages) - 1):
        above, below = passages[index].text, passages[index + 1].text
        is_new = not found[index] and not found[index + 1]
        if (is_new and _crosses(above, below)) or _is_encoded_across(above, below):
            found[index] = found[index + 1] = True
    return [passage for passage, is_found in zip(passages, found, strict=True) if is_found]


def is_instruction(text: str) -> bool:
    """Tell whether a passage gives a reading program an order. What stands in quotation marks is only talked about."""
    forms = list(_forms(text[:_MAX_PASSAGE]))
    return any(_rules("marks").search(form) or _rules("rules").search(_unquoted(form)) for form in forms)


def _unquoted(text: str) -> str:
    without = _QUOTED.sub(" … ", text)
    # An order that is quoted whole is one; within a sentence of the person's own it is an example.
    return without if len(without.replace("…", "").strip()) > 12 else text


def _crosses(above: str, below: str) -> bool:
    joined = f"{above} {below}"
    return len(joined) <= _MAX_PASSAGE and any(
        match.start() < len(above) < match.end() for match in _rules("rules").finditer(joined)
    )


def _is_encoded_across(above: str, below: str) -> bool:
    """Tell whether an encoded order goes on in the next passage: a line of it looks like a line of its own."""
    is_broken = _ENCODED_END.search(above) is not None and _ENCODED_START.match(below) is not None
    return is_broken and is_instruction(f"{above} {below}")


def _forms(text: str) -> Iterator[str]:
    """Yield the text as it is, and what it says where its letters are disguised."""
    yield text
    for encoded in _ENCODED.findall(text):
        yield _decode(encoded)
        yield from (_decode(piece) for piece in encoded.split()[1:] if len(piece) >= _MIN_ENCODED)
    spaced = _SPACED.sub(lambda match: re.sub(r"[ ._-]", "", match.group()), re.sub(r"[ ]{2,}", " | ", text))
    if spaced != text:
        yield spaced.replace(" | ", " ")
    plain = text.translate(_LOOKALIKES)
    mended = _WORD.sub(_mend, plain)
    if sum(a != b for a, b in zip(mended.split(), text.split(), strict=False)) >= 2:
        yield mended


def _mend(match: re.Match[str]) -> str:
    word = match.group()
    return _BY_LETTERS.get(_scrambled(word.casefold()), word)


def _decode(encoded: str) -> str:
    letters = re.sub(r"[\s=]", "", encoded)
    return base64.b64decode(letters[: len(letters) // 4 * 4]).decode("utf-8", "ignore")
