"""Personal data out of text, before a model, a vector or a log sees it."""

import re
from collections.abc import Callable

EMAIL, PHONE, NATIONAL_ID, PASSPORT, BIRTH_DATE, CARD, ADDRESS = (
    "[e-mail]", "[phone]", "[national id]", "[passport]", "[birth date]", "[card]", "[address]",
)  # fmt: skip
MASKS = (EMAIL, PHONE, NATIONAL_ID, PASSPORT, BIRTH_DATE, CARD, ADDRESS)

EMAIL_PATTERN = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}"
    r"(?![A-Za-z0-9-])"
)
# As people write it for other people, so that no program reads it.
_SPELLED_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}\s?(?:＠|@|[(\[{]\s?(?:at|@|골뱅이)\s?[)\]}])\s?"
    r"[A-Za-z0-9-]{1,63}(?:\s?(?:\.|[(\[{]\s?(?:dot|\.|점)\s?[)\]}])\s?[A-Za-z0-9-]{2,24}){1,4}",
    re.IGNORECASE,
)

# What recognition makes of digits in a picture; only after a label, and beside real ones.
_MISREAD = r"[\dOoIl|]"
_FOUR_DIGITS = r"(?=(?:[^\d\n]{0,4}\d){4})"

_DATE_DIGITS = r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# Written with its dash the form alone says what it is, whatever the check digit (there is none since October 2020).
_DASHED_NATIONAL_ID = re.compile(
    rf"(?<![\d-]){_DATE_DIGITS}\s?[-–—]\s?(?:[0-9]\d{{6}}(?![\d-])|\d{{0,6}}[*●xX]{{1,7}})"
)
_NATIONAL_ID = re.compile(rf"(?<!\d){_DATE_DIGITS} ?[0-9]\d{{6}}(?!\d)")
_LABELLED_NATIONAL_ID = re.compile(
    r"((?:주민(?:등록)?\s?번호|외국인\s?(?:등록)?\s?번호|(?:resident|alien|foreigner) registration (?:no\.?|number)|"
    r"RRN|ARC (?:no\.?|number))\s{0,3}[:：]?\s{0,3})"
    rf"{_FOUR_DIGITS}{_MISREAD}{{6}} ?[-–—]? ?{_MISREAD}{{1,7}}[*●xX]{{0,6}}",
    re.IGNORECASE,
)
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_DRIVING_LICENCE = re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{6}-\d{2}(?![\d-])")
# The Republic of Korea's, old and new form; other countries' only after their label.
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])M(?:\d{8}|\d{3}[A-Z]\d{4})(?![A-Za-z0-9])")
_LABELLED_PASSPORT = re.compile(
    r"((?:여권\s?(?:번호)?|passport(?:\s?(?:no\.?|number|#))?)\s{0,3}[:：]?\s{0,3})(?=[A-Z]{0,3}\d)[A-Z0-9]{6,10}(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CARD = re.compile(
    r"(?<![\d.,-])(?:[3-69]\d{3}|2[2-7]\d{2})"
    r"(?:([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|([ -])\d{6}\2\d{4,5}|\d{9,15})(?![\d-])"
)
_LABELLED_CARD = re.compile(
    r"((?:(?:신용|체크)?\s?카드\s?번호|(?:credit |debit )?card\s?(?:no\.?|number|#))\s{0,3}[:：]?\s{0,3})"
    rf"{_FOUR_DIGITS}{_MISREAD}(?:[ -]?{_MISREAD}){{12,18}}",
    re.IGNORECASE,
)

_GAP = r"(?: ?[.\-–—/] ?| )?"
PHONE_PATTERN = re.compile(
    r"(?<!\d)(?<!\d[.,\-–/])(?:"
    rf"(?:\+|00)\d{{1,3}}{_GAP}(?:\(0?\d{{1,4}}\)|\d{{1,4}})(?:{_GAP}\d{{2,4}}){{2,4}}"
    rf"|\(?\+?82\)?{_GAP}\(?0?\)?1[016789]{_GAP}\d{{3,4}}{_GAP}\d{{4}}"
    rf"|\(?0(?:1[016789]|2|[3-6][1-5]|70|80|50\d)\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}"
    r"|0[789]0-\d{4}-\d{4}"
    r"|0(?:1\d{3}|2\d|1\d1|11\d|[378]\d{2,3})[ -]\d{3,4}[ -]\d{3,4}"
    r"|1(?:5(?:22|44|66|77|88|99)|6(?:00|44|61|66|70|88)|8(?:00|11|33|55|66|77|99))-\d{4}"
    r"|\(\d{3}\) ?\d{3}[ .-]\d{4}"
    r"|\d{3}([.-])\d{3}\1\d{4}"
    r")(?![\d%]|[.,]\d|-\d)"
)
_LABELLED_PHONE = re.compile(
    r"((?<![A-Za-z])(?:tel|phone|mobile|cell|telephone|h\.?p|fax|전화(?:번호)?|연락처|휴대(?:폰|전화)(?:번호)?|핸드폰|팩스)\s?[.:：]\s{0,3})"
    rf"{_FOUR_DIGITS}\+?\(?{_MISREAD}[\dOoIl| ()./–-]{{6,20}}{_MISREAD}",
    re.IGNORECASE,
)

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:(?:19|20)\d{2} ?[./년-] ?\d{1,2} ?[./월-] ?\d{1,2}(?: ?일|\.)?"
    r"|(?:19|20)\d{6}|\d{6}|\d{2}[./-] ?\d{1,2}[./-] ?\d{1,2}"
    r"|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? (?:19|20)\d{{2}})(?!\d)"
)
_BIRTH = re.compile(
    r"((?i:생년\s?월일|출생(?:일자?)?|생일|date\s?of\s?birth|birth\s?date|birthday|born(?:\son)?|d\.?o\.?b\.?)"
    rf"\s{{0,3}}[:：]?\s{{0,3}})(?:{_DATE}|(?<=[:：]\s)(?:19|20)\d{{2}}년?(?!\d))"
)
_BORN = re.compile(
    rf"{_DATE}\s?생(?![가-힣])|(?<!\d)(?:19|20)\d{{2}}\s?년\s?생(?![가-힣])|(?<!\d)\d{{2}}년생(?![가-힣])"
)
_DATE_BESIDE_AGE = re.compile(rf"{_DATE}(?=\s?[(/,]?\s?(?:만\s?)?\d{{2}}\s?세)")

_ADDRESS_LABEL = re.compile(
    r"(?im)((?:^|(?<=[\s|·,/]))(?<!메일 )(?<!mail )(?<!IP )"
    r"(?:현?\s?주소지?|거주지|자택|home address|address)\s?[:：]\s?+)"
    r"(?!https?:|www\.|[\w.-]+\.[a-z]{2,3}/|\d+\.\d+\.\d+|\[)[^|\n]{4,120}"
)
_PROVINCE = (
    r"(?:(?:서울|부산|대구|인천|광주|대전|울산|세종)(?:특별자치시|특별시|광역시|시)?|경기도?|강원(?:특별자치)?도?"
    r"|충청?[남북]도?|전라?[남북]도?|전북특별자치도|경상?[남북]도?|제주(?:특별자치)?도?)"
)
_DISTRICT = (
    r"(?:(?:종로|용산|성동|광진|동대문|중랑|성북|강북|도봉|노원|은평|서대문|마포|양천|강서|구로|금천|영등포|동작|관악|서초|강남|송파|강동"
    r"|분당|수정|중원|일산동|일산서|덕양|영통|권선|팔달|장안|수지|기흥|처인|동안|만안|해운대|수영|사하|부산진|동래|연제|금정|남동|부평|계양|연수"
    r"|미추홀|유성|대덕|수성|달서|광산|완산|덕진|상당|흥덕|서원|청원)구"
    r"|(?:성남|수원|용인|고양|부천|안양|안산|화성|평택|의정부|파주|김포|하남|광명|군포|남양주|구리|천안|청주|전주|창원|포항|구미|제주|춘천|원주)시"
    r"(?:\s[가-힣]{1,4}구)?)"
)
_ROAD = r"[가-힣\d·]{1,12}(?:(?<!으)로|길)\s?\d{1,4}(?:번?길(?:\s?\d{1,5})?)?(?:-\d{1,4})?"
_VILLAGE = (
    r"[가-힣]{1,5}\d{0,2}(?:읍|면|가|(?<![활운행이노공자연작감변협출구])동)(?![가-힣])(?:\s[가-힣]{1,5}리(?![가-힣]))?"
)
_LOT = r"(?:\s?(?:산\s?)?\d{1,5}(?:-\d{1,4})?(?:번지)?(?!\d|\s?[년월개%]))"
_FLAT = r"(?:[,\s]\s?[^|\n,]{0,30}?\d{1,4}\s?(?:호|층|동)(?![가-힣]))*"
_KOREAN_ADDRESS = re.compile(
    rf"(?:{_PROVINCE}\s[가-힣]{{1,8}}(?:시|군|구)(?:\s[가-힣]{{1,8}}구)?\s(?:{_ROAD}|{_VILLAGE}{_LOT}?)"
    rf"|{_PROVINCE}\s(?:{_ROAD}|{_VILLAGE}{_LOT})"
    rf"|(?<![가-힣]){_DISTRICT}\s(?:{_ROAD}|{_VILLAGE}{_LOT})){_FLAT}"
)
_ROMANISED_ADDRESS = re.compile(
    r"(?:\b\d{1,4}(?:-\d{1,4})?,?\s)?\b[A-Z][A-Za-z0-9]{1,20}(?:-daero|-ro|-gil|daero)\b(?:\s?\d{1,4}(?:[a-z]*-gil\s?\d{0,4})?(?:-\d{1,4})?)?"
    r",?\s[A-Z][a-z]{1,15}-(?:gu|si|gun|dong|eup)\b(?:,?\s[A-Z][a-z]{1,15}(?:-(?:si|do|gu))?){0,3}(?:,?\s\d{5})?"
)
_STREET_ADDRESS = re.compile(
    r"\b\d{1,5}[A-Z]?\s(?:[A-Z][A-Za-z.]{0,20}\s){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Way|Court|Ct|Place|Pl|Square|Terrace|Close)\b\.?"
    r"(?:,\s?(?:Apt|Suite|Unit|Flat|#)\.?\s?\w{1,6})?(?:,\s?[A-Z][a-z]{1,20}(?:\s[A-Z][a-z]{1,20}){0,3}){0,2}"
    r"(?:,?\s?[A-Z]{2}\s\d{5}(?:-\d{4})?|,?\s?[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[A-Z]{2})?"
)
_POSTCODE = re.compile(
    r"(\(?(?:우편번호|우\)|우\s?:|postal code|zip code|zip|postcode)\s?[:：]?\s?)\d{5}(?!\d)", re.IGNORECASE
)


def mask(text: str) -> str:
    """Return the text with addresses, phone, card, passport and national id numbers and birth dates replaced."""
    for pattern, replace in RULES:
        text = pattern.sub(replace, text)
    return text


def find_phone_number(text: str) -> str | None:
    """Return the first phone number of a text, by its form or after its label."""
    plain = next((match.group() for match in PHONE_PATTERN.finditer(text) if _is_phone(match)), None)
    labelled = _LABELLED_PHONE.search(text)
    return plain or (labelled.group()[len(labelled[1]) :] if labelled else None)


def _is_phone(match: re.Match[str]) -> bool:
    return is_phone_number(re.sub(r"\D", "", match.group()))


def is_national_id(digits: str) -> bool:
    """Tell whether 13 digits are a Korean resident's or foreigner's number: a date of birth and its check digit."""
    weights = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    base = 13 if digits[6] in "5678" else 11
    check = (base - total % 11) % 10
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and check == int(digits[12])


def is_card_number(digits: str) -> bool:
    """Tell whether 13 to 19 digits have the check digit of a payment card."""
    doubled = (sum(divmod(int(digit) * 2, 10)) if place % 2 else int(digit) for place, digit in enumerate(digits[::-1]))
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0


def is_phone_number(digits: str) -> bool:
    """Tell whether there are as many digits as a phone number has anywhere."""
    return 7 <= len(digits) <= 15


def _only(accept: Callable[[str], bool], mask_as: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        return mask_as if accept(re.sub(r"\D", "", match.group())) else match.group()

    return replace


def _after_label(mask_as: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match[1] + mask_as


def _always(mask_as: str) -> Callable[[re.Match[str]], str]:
    return lambda _: mask_as


RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (EMAIL_PATTERN, _always(EMAIL)),
    (_SPELLED_EMAIL, _always(EMAIL)),
    (_LABELLED_NATIONAL_ID, _after_label(NATIONAL_ID)),
    (_DASHED_NATIONAL_ID, _always(NATIONAL_ID)),
    (_NATIONAL_ID, _only(is_national_id, NATIONAL_ID)),
    (_DRIVING_LICENCE, _always(NATIONAL_ID)),
    (_SOCIAL_SECURITY, _always(NATIONAL_ID)),
    (_LABELLED_PASSPORT, _after_label(PASSPORT)),
    (_PASSPORT, _always(PASSPORT)),
    (_LABELLED_CARD, _after_label(CARD)),
    (_CARD, _only(is_card_number, CARD)),
    (_BIRTH, _after_label(BIRTH_DATE)),
    (_BORN, _always(BIRTH_DATE)),
    (_DATE_BESIDE_AGE, _always(BIRTH_DATE)),
    (_LABELLED_PHONE, _after_label(PHONE)),
    (PHONE_PATTERN, _only(is_phone_number, PHONE)),
    (_ADDRESS_LABEL, _after_label(ADDRESS)),
    (_KOREAN_ADDRESS, _always(ADDRESS)),
    (_ROMANISED_ADDRESS, _always(ADDRESS)),
    (_STREET_ADDRESS, _always(ADDRESS)),
    (_POSTCODE, _after_label(ADDRESS)),
)
