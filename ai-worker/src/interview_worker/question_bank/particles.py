"""Korean particles, chosen by how the word before them ends when it is read aloud."""

import re

# With and without a final consonant; 으로 also counts ㄹ as an open end.
PAIRS = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
}

_DIGITS_WITH_FINAL = "013678"
_DIGITS_WITH_RIEUL = "178"
_LETTERS_WITH_FINAL = "lmnr"
_BRACKETED = re.compile(r"\s*[(\[（][^)\]）]*[)\]）]\s*$")
_SYMBOL_FINAL = {"#": "p", "+": "", "%": "", "℃": "", "&": ""}
_SILENT_TAIL = re.compile(r"(?<=[aeiou])(?P<end>[mn])e$|(?<=[^aeiou])(?P<el>l)e$")
_SHORT_STOP = re.compile(r"(?:^|[^aeiou])(?:[aeiou](?:ck|[ptk])|ook)$|web$")


def with_particle(word: str, pair: str) -> str:
    """Return the word with the fitting one of a pair such as 을/를; with both, as 을(를), when it cannot be told."""
    closed, opened = PAIRS[pair]
    final = _final_sound(word)
    if final is None:
        return f"{word}{closed}({opened})"
    if pair == "으로/로" and final == "l":
        return word + opened
    return word + (closed if final else opened)


def _final_sound(word: str) -> str | None:
    """Return the consonant that the word ends with in Korean, "" for a vowel, None when it cannot be told."""
    end = _BRACKETED.sub("", word).rstrip(" .,!?\"'’”»〉》」』")
    if not end:
        return None
    last = end[-1]
    if "가" <= last <= "힣":
        return ("", "x", "l")[_hangul_final(last)]
    if last in _SYMBOL_FINAL:
        return _SYMBOL_FINAL[last]
    if last.isascii() and last.isdigit():
        return ("l" if last in _DIGITS_WITH_RIEUL else "x") if last in _DIGITS_WITH_FINAL else ""
    if last.isascii() and last.isalpha():
        return _latin_final(re.split(r"[^A-Za-z]", end)[-1])
    return None


def _hangul_final(syllable: str) -> int:
    final = (ord(syllable) - ord("가")) % 28
    return 0 if final == 0 else 2 if final == 8 else 1


def _latin_final(word: str) -> str:
    """Return the final sound of a Latin word as Koreans read it: letters one by one when it is an abbreviation."""
    last = word[-1].lower()
    if len(word) == 1 or word[-2:].isupper():
        return ("l" if last in "lr" else last) if last in _LETTERS_WITH_FINAL else ""
    lower = word.lower()
    if silent := _SILENT_TAIL.search(lower):
        return silent["end"] or "l"
    if last in "lmn":
        return last
    if lower.endswith("ng"):
        return "g"
    return "p" if _SHORT_STOP.search(lower) else ""
