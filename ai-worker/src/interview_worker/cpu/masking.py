"""Personal data out of text, before a model or a vector sees it."""

import re
from collections.abc import Callable

EMAIL, PHONE, NATIONAL_ID, BIRTH_DATE, CARD, ADDRESS = (
    "[e-mail]", "[phone]", "[national id]", "[birth date]", "[card]", "[address]",
)  # fmt: skip
MASKS = (EMAIL, PHONE, NATIONAL_ID, BIRTH_DATE, CARD, ADDRESS)

EMAIL_PATTERN = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NATIONAL_ID = re.compile(r"(?<!\d)\d{13}(?!\d)")
# Written with its dash the form alone says what it is, whatever the check digit (there is none since October 2020).
_DASHED_NATIONAL_ID = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-–]\s?(?:\d{7}(?!\d)|\d{1,6}[*●xX]{1,6})"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
PHONE_PATTERN = re.compile(
    r"(?<![\w.])(?:"
    r"\+\d{1,3}[ .-]?(?:\(0?\d{1,4}\)|\d{1,4})(?:[ .-]?\d{2,4}){2,4}"
    r"|\(?0(?:1[016789]|2|[3-6][1-5]|70|80|50\d)\)?[ .-]?\d{3,4}[ .-]?\d{4}"
    r"|1(?:5(?:22|44|66|77|88|99)|6(?:00|44|61|66|70|88)|8(?:00|11|33|55|66|77|99))-\d{4}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}"
    r"|\d{3}[.-]\d{3}[.-]\d{4}"
    r")(?!\d)"
)
_DATE = (
    r"(?:(?:19|20)\d{2} ?[./년-] ?\d{1,2} ?[./월-] ?\d{1,2} ?[일.]?"
    r"|(?:19|20)\d{6}|\d{6}|\d{2}[./]\d{1,2}[./]\d{1,2}"
    r"|\d{1,2}/\d{1,2}/(?:19|20)\d{2}|[A-Z][a-z]{2,8}\.? \d{1,2},? (?:19|20)\d{2}"
    r"|\d{1,2} [A-Z][a-z]{2,8}\.? (?:19|20)\d{2})(?!\d)"
)
_BIRTH = re.compile(
    r"((?i:생년\s?월일|출생일?|생일|date\s?of\s?birth|birth\s?date|birthday|born(?:\son)?|d\.?o\.?b\.?)"
    rf"\s{{0,3}}[:：]?\s{{0,3}}){_DATE}"
)
_BORN = re.compile(rf"{_DATE}\s?생(?![가-힣])|(?:19|20)\d{{2}}\s?년\s?생")
_ADDRESS_LABEL = re.compile(
    r"(?im)((?:^|(?<=[\s|·,/]))(?:현?\s?주소|거주지|자택|home address|address)\s?[:：]\s?)[^|\n]{4,120}"
)
_KOREAN_ADDRESS = re.compile(
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종)(?:특별자치시|특별시|광역시|시)?|경기도?|강원(?:특별자치)?도?"
    r"|충청?[남북]도?|전라?[남북]도?|전북특별자치도|경상?[남북]도?|제주(?:특별자치)?도?)"
    r"\s[가-힣]{1,8}(?:시|군|구)(?:\s[가-힣]{1,8}구)?\s[가-힣\d·]{1,12}(?:읍|면|동|로|길|가)"
    r"(?:\s?\d{1,4}(?:번?길)?)?(?:\s?\d{1,5}(?:-\d{1,4})?)?(?:[,\s]\s?[^|\n,]{0,30}?\d{1,4}\s?(?:호|층|동))*"
)
_STREET_ADDRESS = re.compile(
    r"\b\d{1,5}\s(?:[A-Z][A-Za-z.]{0,20}\s){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl)\b\.?"
    r"(?:,\s?(?:Apt|Suite|Unit|#)\.?\s?\w{1,6})?(?:,\s?[A-Z][A-Za-z ]{1,30}){0,2}(?:,?\s?[A-Z]{2}\s\d{5}(?:-\d{4})?)?"
)


def mask(text: str) -> str:
    """Return the text with addresses, phone, card and national id numbers and birth dates replaced."""
    for pattern, replace in _RULES:
        text = pattern.sub(replace, text)
    return text


def is_national_id(digits: str) -> bool:
    """Tell whether 13 digits are a Korean resident number: a date of birth, and the check digit that fits."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    check = (11 - sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11) % 10
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and check == int(digits[12])


def is_card_number(digits: str) -> bool:
    """Tell whether 13 to 19 digits have the check digit of a payment card."""
    doubled = (sum(divmod(int(digit) * 2, 10)) if place % 2 else int(digit) for place, digit in enumerate(digits[::-1]))
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0


def _only(accept: Callable[[str], bool], mask_as: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return mask_as if accept(re.sub(r"\D", "", match.group())) else match.group()

    return replace


def _after_label(mask_as: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match[1] + mask_as


def _always(mask_as: str) -> Callable[[re.Match[str]], str]:
    return lambda _: mask_as


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (EMAIL_PATTERN, _always(EMAIL)),
    (_DASHED_NATIONAL_ID, _always(NATIONAL_ID)),
    (_NATIONAL_ID, _only(is_national_id, NATIONAL_ID)),
    (_CARD, _only(is_card_number, CARD)),
    (_BIRTH, _after_label(BIRTH_DATE)),
    (_BORN, _always(BIRTH_DATE)),
    (PHONE_PATTERN, _always(PHONE)),
    (_ADDRESS_LABEL, _after_label(ADDRESS)),
    (_KOREAN_ADDRESS, _always(ADDRESS)),
    (_STREET_ADDRESS, _always(ADDRESS)),
)
