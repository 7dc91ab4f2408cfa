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
_MONTH = r"(?:1[0-2]|0?[1-9])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_POINT = (
    rf"(?:{_YEAR}\s?년\s?{_MONTH}\s?월(?:\s?\d{{1,2}}\s?일)?"
    rf"|{_YEAR}\s?[./-]\s?{_MONTH}(?!\d)(?:\s?[./-]\s?\d{{1,2}}(?!\d))?\.?"
    rf"|{_DAY}\s?[./]\s?{_DAY}\s?[./]\s?{_YEAR}"
    rf"|{_MONTH}\s?[./-]\s?{_YEAR}"
    rf"|(?:{_DAY}(?:st|nd|rd|th)?\s)?(?:{_MONTH_NAME})\.?,?[\s/-]{{1,2}}(?:{_DAY},\s)?(?:{_YEAR}|['’]\d{{2}})"
    rf"|['’]\d{{2}}\s?년?\s?[./]?\s?{_MONTH}(?!\d)\s?월?"
    rf"|{_YEAR}\s?년?)"
)
_SHORT = r"(?:[89]\d|[0-3]\d)\s?[./]\s?(?:0[1-9]|1[0-2])(?!\d)\.?"
"""A year of two digits, which alone could be anything; it counts where both ends of a period are written so."""
_NOW = (
    r"(?:현재(?:까지)?(?:\s?재직\s?중)?|재직\s?중|재직|근무\s?중|재학\s?중|진행\s?중"
    r"|(?:the\s)?present|current(?:ly)?|now|ongoing|today|(?:to )?date\b)"
)
_TO = r"(?:~|∼|〜|～|˜|–|—|―|--?|−|‑|‐|→|to|until|till?|through|부터)"
_LENGTH = r"(?:약\s?)?\d{1,2}\s?(?:년|개월|years?|months?|yrs?|mos?)[^()]{0,20}"
_PERIOD = re.compile(
    rf"(?<![\d.])(?<!\d-)(?P<start>{_POINT})\s{{0,2}}{_TO}\s{{0,2}}(?P<end>{_POINT}|{_NOW})?"
    rf"(?:\s?까지)?(?:\s?\(\s?(?:재직\s?중|현재|{_LENGTH})\s?\))?(?!\d)",
    re.IGNORECASE,
)
_SHORT_PERIOD = re.compile(
    rf"(?<![\d.,/-])(?P<start>{_SHORT})\s{{0,2}}(?:~|∼|〜|～|–|—|-)\s{{0,2}}(?P<end>{_SHORT}|현재|재직\s?중)"
    rf"(?:\s?\(\s?{_LENGTH}\s?\))?(?![\d%.가-힣A-Za-z])",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\b(?:since|from)\s(?P<start>{_POINT})(?P<end>\s?\(?(?:on|onwards?)\)?)?(?!\d)", re.IGNORECASE)
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

    def said_in(self, text: str) -> dict[str, str]:
        """Return the text's words for the fields of an entry that follow from the period."""
        words = text[self.span[0] : self.span[1]]
        return {"start": self.start_words, "end": self.end_words or words, "is_current": words}


def find_period(text: str) -> Period | None:
    """Return the first period in a text."""
    match = _PERIOD.search(text) or _SHORT_PERIOD.search(text)
    if match is None:
        return _find_since(text)
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


def _find_since(text: str) -> Period | None:
    match = _SINCE.search(text)
    if match is None:
        return None
    return Period(_to_month(match["start"]), None, True, match.span(), match["start"], None)


def find_date(text: str) -> tuple[int, int] | None:
    """Return where the first period or single date in a text stands."""
    period = find_period(text)
    if period is not None:
        return period.span
    match = _SINGLE.search(text)
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
    text = re.sub(r"^(\d{2})(?=\s?[./])(?!\s?[./]\s?\d{1,2}\s?[./]|\s?[./-]\s?\d{4})|['’](\d{2})", _full_year, text)
    year = re.search(_YEAR, text)
    assert year is not None  # noqa: S101  every pattern contains a year, of four digits or of two
    rest = text[: year.start()] + " " + text[year.end() :]
    name = re.search(r"[a-z]{3,}", rest.lower())
    number = _MONTHS.get(name.group()) if name else None
    if number is None:
        number = _month_of([int(digits) for digits in re.findall(r"\d{1,2}", rest)], day_first=year.start() > 0)
    return f"{year.group()}-{number:02d}" if number else year.group()


def _full_year(match: re.Match[str]) -> str:
    """Return the year of which only two digits are written: nobody worked before 1950 or will after 2049."""
    digits = match[1] or match[2]
    return ("19" if digits >= "50" else "20") + digits


def _month_of(numbers: list[int], *, day_first: bool) -> int | None:
    """Return the month among the numbers beside a year; 31/05/2023 has its day first, where that can be."""
    if not numbers:
        return None
    if len(numbers) > 1 and day_first and numbers[1] <= 12:
        return numbers[1]
    return numbers[0] if numbers[0] <= 12 else None
