"""Who a résumé is about: name, contact and the role that is looked for."""

import re
from collections.abc import Sequence

from interview_worker.cpu.documents import Line
from interview_worker.cpu.sections import find_heading
from interview_worker.cpu.wording import is_role, split_label, split_pieces, without_bullet
from interview_worker.masking import EMAIL_PATTERN, PHONE_PATTERN

_TOP_LINES = 15
_NAME_LABELS = {"이름", "성명", "성함", "name", "full name"}
_ROLE_LABELS = {
    "지원분야", "지원 분야", "지원직무", "지원 직무", "희망직무", "희망 직무", "지원 포지션", "포지션", "직무",
    "target role", "position", "desired position", "objective", "role", "applying for",
}  # fmt: skip
_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길"
    "연위표명기반왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈"
)
_KOREAN_NAME = re.compile(
    rf"(?:(?:남궁|황보|제갈|선우|독고|사공|서문)[가-힣]{{1,2}}|[{_SURNAMES}](?:[가-힣]{{1,3}}|(?: [가-힣]){{1,3}}))"
)
_NO_NAME = re.compile(
    r"이력서|경력|기술서|소개서|지원|포트폴리오|전화|주소|성별|남성|여성|성명|이름|생년|연락|이메일|나이|사진|학력|병역|개발|회사|기본|인적"
    r"|안녕|서울|경기|부산|대구|인천|광주|대전|울산|강원|제주"
)
_ENGLISH_NAME = re.compile(r"[A-Z][A-Za-z'’-]+(?: [A-Z]\.?)?(?: (?:van|de|von|la|[A-Z])[A-Za-z'’-]*){1,3}")
_TITLE_WORDS = re.compile(
    r"\s*(?:이력서|경력기술서|자기소개서|지원서|포트폴리오|resume|résumé|curriculum vitae|cv|portfolio)\s*",
    re.IGNORECASE,
)
_NO_ENGLISH_NAME = re.compile(
    r"\b(?:university|college|street|road|avenue|city|republic|inc|corp|ltd|seoul|korea|san|new|phone|email|page"
    r"|curriculum|confidential|experienced?|seeking)\b",
    re.IGNORECASE,
)


def find_email(text: str) -> str | None:
    match = EMAIL_PATTERN.search(text)
    return match.group() if match else None


def find_phone(text: str) -> str | None:
    match = PHONE_PATTERN.search(text)
    return match.group().strip() if match else None


def find_name(top: Sequence[Line]) -> str | None:
    """Return the name that stands at the top, labelled or as the largest text that looks like one."""
    for line in top[:_TOP_LINES]:
        for piece in split_pieces(line.text):
            label, value = split_label(piece)
            if label in _NAME_LABELS and _is_name(value):
                return value
    candidates = [
        (-(line.size or 0), place, name)
        for place, line in enumerate(top[:_TOP_LINES])
        for piece in split_pieces(line.text)
        if (name := _TITLE_WORDS.sub("", piece)) and _is_name(name)
    ]
    return min(candidates)[2] if candidates else None


def _is_name(text: str) -> bool:
    if find_heading(text) or is_role(text):
        return False
    if _KOREAN_NAME.fullmatch(text):
        return not _NO_NAME.search(text)
    return len(text) <= 40 and bool(_ENGLISH_NAME.fullmatch(text)) and not _NO_ENGLISH_NAME.search(text)


def find_target_role(top: Sequence[Line], section: Sequence[Line]) -> str | None:
    """Return the role that the résumé asks for."""
    pieces = [piece for line in top[:_TOP_LINES] for piece in split_pieces(line.text)]
    for piece in pieces:
        label, value = split_label(piece)
        if label in _ROLE_LABELS and len(value) <= 80:
            return value
    if section and len(section[0].text) <= 80:
        return without_bullet(section[0].text)
    return next((piece for piece in pieces if is_role(piece) and not _is_name(piece)), None)
