"""Periods of time as résumés write them, in Korean and English."""

import re
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1
    )
    for name in names.split()
}  # fmt: skip

_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_MONTH_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_POINT = (
    rf"(?:{_YEAR}\s?년\s?(?:1[0-2]|0?[1-9])\s?월(?:\s?\d{{1,2}}\s?일)?"
    rf"|{_YEAR}\s?[./-]\s?(?:1[0-2]|0?[1-9])(?!\d)(?:\s?[./-]\s?\d{{1,2}})?\.?"
    rf"|(?:1[0-2]|0?[1-9])\s?/\s?{_YEAR}"
    rf"|(?:{_MONTH_NAME})\.?,?\s{{1,2}}{_YEAR}"
    rf"|['’]\d{{2}}\s?[./]\s?(?:1[0-2]|0?[1-9])(?!\d)"
    rf"|{_YEAR}\s?년?)"
)
_NOW = r"(?:현재|재직\s?중|재학\s?중|진행\s?중|present|current|now|ongoing|today|(?:to )?date\b)"
_PERIOD = re.compile(
    rf"(?<![\d.])(?<!\d-)(?P<start>{_POINT})\s{{0,2}}(?:~|∼|〜|～|–|—|--?|−|to|until|부터)\s{{0,2}}(?P<end>{_POINT}|{_NOW})?"
    r"(?:\s?까지)?(?:\s?\(\s?(?:재직\s?중|현재|(?:약\s?)?\d{1,2}\s?(?:년|개월|years?|months?|yrs?)[^()]{0,20})\s?\))?(?!\d)",
    re.IGNORECASE,
)
_SINGLE = re.compile(rf"(?<![\d.])(?<!\d-){_POINT}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """From one month to another, both inclusive: "2021-03", or "2021" where the month is not said."""

    start: str
    end: str | None
    """None: it is not over, or its end is not said."""
    is_current: bool
    span: tuple[int, int]
    """Where in the text it stands."""
    start_words: str
    end_words: str | None


def find_period(text: str) -> Period | None:
    """Return the first period in a text."""
    match = _PERIOD.search(text)
    if match is None:
        return None
    end = match["end"]
    is_current = re.fullmatch(_NOW, end, re.IGNORECASE) is not None if end else "재직" in match.group()
    return Period(
        _to_month(match["start"]),
        None if is_current or not end else _to_month(end),
        is_current,
        match.span(),
        match["start"],
        end,
    )


def find_date(text: str) -> tuple[int, int] | None:
    """Return where the first period or single date in a text stands."""
    match = _PERIOD.search(text) or _SINGLE.search(text)
    return match.span() if match else None


def find_month(text: str) -> str | None:
    """Return the first single date of a text, as "2021-03" or "2021"."""
    words = find_month_words(text)
    return _to_month(words) if words else None


def find_month_words(text: str) -> str | None:
    """Return the first single date of a text, as it stands there."""
    match = _SINGLE.search(text)
    return match.group() if match else None


def _to_month(text: str) -> str:
    text = re.sub(r"^['’](?=\d)", "20", text)
    year = re.search(_YEAR, text)
    assert year is not None  # noqa: S101  both patterns contain a year
    rest = text[: year.start()] + " " + text[year.end() :]
    name = re.search(r"[a-z]+", rest.lower())
    number = _MONTHS.get(name.group()) if name else None
    digits = re.search(r"\d{1,2}", rest)
    if number is None and digits:
        number = int(digits.group())
    return f"{year.group()}-{number:02d}" if number else year.group()
