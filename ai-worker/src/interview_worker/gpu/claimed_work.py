"""Employers, titles, years and technologies of an answer that cannot be true together with what was said before it."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from interview_core.experience import count_months, field_of
from interview_worker.gpu.claimed_figures import Contradiction
from interview_worker.gpu.profile_texts import entries, words_of
from interview_worker.gpu.sentences import few_words, sentences
from interview_worker.gpu.signal_wording import pattern

_MIN_MONTHS_APART, _SHARE_APART = 6, 0.25
_TOTAL_MONTHS_APART = 12

_HANGUL = re.compile("[가-힣]")
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip
_NUMBER = r"\d{1,2}(?:\.\d)?"
_KOREAN_SPAN = (
    rf"(?P<years>{_NUMBER})\s?년(?P<nth>\s?차)?(?P<half>\s?반)?(?:\s?(?P<rest>\d{{1,2}})\s?개월)?"
    r"|(?P<months>\d{1,3})\s?개월"
)
_ENGLISH_SPAN = rf"(?P<english>{_NUMBER}|{'|'.join(_WORDS)})(?P<a_half> and a half)?[- ](?P<unit>years?|months?)"
_SPAN = re.compile(rf"(?<![\d.])(?:{_KOREAN_SPAN})|\b{_ENGLISH_SPAN}\b", re.IGNORECASE)
_WORKED = re.compile(
    r"근무|일했|일하|다녔|다니|재직|몸담|worked|working|been (?:at|with)|was (?:at|with)|spent|employed", re.IGNORECASE
)
_IN_TOTAL = re.compile(
    r"(?:총|전체|통산)\s?(?:경력|개발\s?경력)|(?:경력(?:은|이|을|도)?\s?(?:총\s?|모두\s?)?(?=\d))|(?:년|개월)(?:의|간의|\s?차)?\s?경력"
    r"|years? of (?:professional |work(?:ing)? |industry )?experience|years? in (?:the industry|total)",
    re.IGNORECASE,
)

_NAME = r"[A-Za-z][A-Za-z0-9.+#/-]*[A-Za-z0-9+#](?: [A-Z][A-Za-z0-9.+#-]*)?|[가-힣]{2,14}"
_END = r"(?=\s?(?:[.,;!]|$| myself| at all| yet))"
_TOUCHED = r"(?:really |actually |ever )?(?:used|worked with|touched|tried)"
_NEVER_USED = re.compile(
    rf"(?<![\w.+#-])(?P<korean>{_NAME})(?:을|를|은|는|이|가)?\s"
    r"(?:(?:직접|실제로|한\s?번도|아직|전혀|저는|제가)\s){0,3}(?:사용해|써|다뤄|다루어|활용해|접해|이용해)\s?본\s?"
    r"(?:적|경험)(?:이|은|도)?\s?(?:(?:한\s?번도|전혀|아직)\s){0,2}없(?:습니다|어요|는데|다|고)"
    rf"|\b(?:i|i've|i have) (?:have )?(?:never|not) {_TOUCHED} (?P<never>{_NAME}){_END}"
    rf"|\b(?:i )?haven't {_TOUCHED} (?P<havent>{_NAME}){_END}"
    rf"|\bi have no experience with (?P<none>{_NAME}){_END}",
    re.IGNORECASE,
)
_ONLY_SOMEWHERE = re.compile(
    r"실무|운영|회사에서|현업|업무에서|대규모|상용|버전|production|at work|at scale|professionally|commercial|version",
    re.IGNORECASE,
)
_USED_KO = (
    r"(?:을|를|로|으로)?\s?(?:직접\s?)?"
    r"(?:사용(?:했|해|하)|써서|썼|쓰고|도입(?:했|해)|활용(?:했|해)|구축(?:했|해)|운영(?:했|해))"
)
_USED_EN = (
    r"(?:i|we) (?:used|use|introduced|adopted|deployed|ran|set up|built (?:it |this |that )?(?:with|on)|worked with) "
)

_LEADING = re.compile(
    r"팀장|리드|리더|본부장|실장|cto|vp|head of|(?:tech|team|engineering) (?:lead|manager)|director|manager|매니저",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"인턴|수습|intern(?:ship)?\b|trainee", re.IGNORECASE)
_TITLE_KO = (
    r"에서\s?(?:저는\s|제가\s)?(?P<ko>[가-힣A-Za-z ]{2,20}?)(?:으로|로)\s?"
    r"(?:\d{1,2}년\s?(?:간|동안)?\s?)?(?:일했|근무했|일하|근무하|재직했|재직하)"
)
_TITLE_EN = r"\bi (?:was|am|worked as|have been|work as) (?:an?|the) (?P<en>[A-Za-z /-]{3,40}?) (?:at|for|with) "


def against_resume(answer: str, profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Yield what the answer says otherwise than the profile about employers, years, titles and technologies."""
    for sentence in _own_sentences(answer):
        for job in entries(profile, "employments"):
            yield from _stay_against(sentence, job)
            yield from _title_against(sentence, job)
        yield from _total_against(sentence, profile)
        yield from _never_used_against(sentence, profile)


def against_answer(answer: str, earlier: str, profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Yield what the answer says otherwise than an earlier one about years at an employer and technologies."""
    said, said_before = _own_sentences(answer), _own_sentences(earlier)
    for before in said_before:
        denied = _denied_name(before)
        if denied is not None:
            yield from (Contradiction(denied, now, before) for now in said if _is_used(denied, now))
    for company in {words_of(job, "company"): None for job in entries(profile, "employments")}:
        stays = [(now, stay) for now in said if (stay := _stay(now, company))]
        for before in said_before if stays else ():
            stay_before = _stay(before, company)
            for now, stay in stays:
                if stay_before and _are_apart(stay, stay_before):
                    yield Contradiction(company, now, before)


def _own_sentences(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if not pattern("someone_else").search(sentence)]


def _stay_against(sentence: str, job: Mapping[str, Any]) -> Iterator[Contradiction]:
    company, start, end = (words_of(job, key) for key in ("company", "start", "end"))
    said = _stay(sentence, company)
    if said is None or not re.fullmatch(r"\d{4}(?:-\d{2})?", start) or not (end or job.get("is_current") is True):
        return
    if end and not re.fullmatch(r"\d{4}(?:-\d{2})?", end):
        return
    worked = count_months([(start, end or None)], datetime.now(UTC).date())
    if worked is not None and _are_apart(said, (worked.at_least, worked.at_most)):
        yield Contradiction(company, sentence, f"{company} · {start} – {end}".rstrip(" –"))


def _stay(sentence: str, company: str) -> tuple[float, float] | None:
    """Return how many months, at least and at most, a sentence says that somebody worked at a company."""
    if len(company) < 2 or company.casefold() not in sentence.casefold() or not _WORKED.search(sentence):
        return None
    spans = list(_SPAN.finditer(sentence))
    if len(spans) != 1 or pattern("not_an_outcome").search(sentence) or pattern("at_least").search(sentence):
        return None
    return _months(spans[0])


def _months(match: re.Match[str]) -> tuple[float, float]:
    if match["english"]:
        number = _WORDS.get(match["english"].casefold()) or float(match["english"])
        months = (number + (0.5 if match["a_half"] else 0)) * (12 if match["unit"].casefold().startswith("year") else 1)
    elif match["months"]:
        months = float(match["months"])
    else:
        months = float(match["years"]) * 12 + float(match["rest"] or 0) + (6 if match["half"] else 0)
        if match["nth"]:
            return months - 12, months
    return months, months


def _are_apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    gap = max(one[0] - other[1], other[0] - one[1])
    return gap > max(_MIN_MONTHS_APART, _SHARE_APART * max(one[1], other[1]))


def _total_against(sentence: str, profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Only more than the résumé holds is a contradiction: less may be meant of one kind of work."""
    most = profile.get("experience_months_at_most") or profile.get("total_experience_months")
    spans = list(_SPAN.finditer(sentence))
    if not isinstance(most, int) or len(spans) != 1 or not _IN_TOTAL.search(sentence):
        return
    said = _months(spans[0])[0]
    if said > most + max(_TOTAL_MONTHS_APART, _SHARE_APART * most) and not pattern("not_an_outcome").search(sentence):
        yield Contradiction(few_words(spans[0].group()), sentence, _in_words(most, sentence))


def _in_words(months: int, answer: str) -> str:
    """Return a length of experience as a résumé would put it, in the language of the answer."""
    years, rest = divmod(months, 12)
    if _HANGUL.search(answer):
        return " ".join(["경력", *([f"{years}년"] if years else []), *([f"{rest}개월"] if rest or not years else [])])
    parts = [f"{years} year{'s' * (years != 1)}"] if years else []
    parts += [f"{rest} month{'s' * (rest != 1)}"] if rest or not years else []
    return f"{' '.join(parts)} of experience"


def _title_against(sentence: str, job: Mapping[str, Any]) -> Iterator[Contradiction]:
    company, role = words_of(job, "company"), words_of(job, "role")
    if len(company) < 2 or not role:
        return
    name = re.escape(company)
    found = re.search(name + _TITLE_KO, sentence, re.IGNORECASE) or re.search(_TITLE_EN + name, sentence, re.IGNORECASE)
    said = next((title for title in found.groups() if title), None) if found else None
    if said is None or pattern("not_an_outcome").search(sentence):
        return
    is_above = _LEADING.search(said) and _BEGINNING.search(role)
    fields = field_of(said), field_of(role)
    if is_above or (all(fields) and fields[0] != fields[1]):
        yield Contradiction(said.strip(), sentence, f"{company} · {role}")


def _never_used_against(sentence: str, profile: Mapping[str, Any]) -> Iterator[Contradiction]:
    denied = _denied_name(sentence)
    known = next((skill for skill in _skills(profile) if denied and skill.casefold() == denied.casefold()), None)
    if known is not None:
        yield Contradiction(known, sentence, known)


def _denied_name(sentence: str) -> str | None:
    match = _NEVER_USED.search(sentence)
    if match is None or _ONLY_SOMEWHERE.search(sentence):
        return None
    return next(name for name in match.groupdict().values() if name)


def _is_used(name: str, sentence: str) -> bool:
    escaped = re.escape(name)
    if pattern("not_an_outcome").search(sentence):
        return False
    korean = rf"(?<![A-Za-z0-9가-힣]){escaped}{_USED_KO}"
    return re.search(rf"{korean}|\b{_USED_EN}{escaped}(?![A-Za-z0-9])", sentence, re.IGNORECASE) is not None


def _skills(profile: Mapping[str, Any]) -> Iterator[str]:
    skills = profile.get("skills")
    yield from (skill for skill in skills if isinstance(skill, str)) if isinstance(skills, list | tuple) else ()
    for project in entries(profile, "projects"):
        used = project.get("technologies")
        yield from (name for name in used if isinstance(name, str)) if isinstance(used, list | tuple) else ()
