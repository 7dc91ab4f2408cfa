"""Why to ask on: contradictions, vagueness and what is worth more, each with a twin that must give nothing."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from interview_worker.gpu.answer_signals import ProbeReason, Signal, find_signals

ANSWERS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "answers.yaml").read_text("utf-8"))


def pairs(kind: str) -> list[tuple[str, Any]]:
    return [(language, item) for language in ("ko", "en") for item in ANSWERS[kind][language]]


def signals_of(answer: str, language: str, earlier: list[str] | None = None) -> list[Signal]:
    return find_signals(
        answer,
        language,
        claims=ANSWERS["claims"],
        profile=ANSWERS["profile"],
        earlier_answers=earlier or [],
    )


def reasons(signals: list[Signal]) -> set[ProbeReason]:
    return {signal.reason for signal in signals}


@pytest.mark.parametrize(("language", "case"), pairs("resume"))
def test_what_contradicts_the_resume_is_found_first(language: str, case: list[str]) -> None:
    answer, target = case
    found = signals_of(answer, language)
    assert found, answer
    assert found[0].reason is ProbeReason.CONTRADICTS_RESUME
    assert any(target.casefold() in f"{signal.target} {signal.quote} {signal.against}".casefold() for signal in found)
    assert found[0].against


@pytest.mark.parametrize(("language", "answer"), pairs("harmless"))
def test_rounding_ranges_goals_and_other_subjects_contradict_nothing(language: str, answer: str) -> None:
    assert ProbeReason.CONTRADICTS_RESUME not in reasons(signals_of(answer, language))


@pytest.mark.parametrize("case", ANSWERS["earlier"])
def test_what_contradicts_an_earlier_answer_is_found(case: dict[str, str]) -> None:
    found = [
        signal
        for signal in signals_of(case["now"], case["language"], ["다른 답변입니다.", case["before"]])
        if signal.reason is ProbeReason.CONTRADICTS_ANSWER
    ]
    assert found
    assert case["target"] in found[0].target
    assert found[0].against in case["before"]


@pytest.mark.parametrize("case", ANSWERS["earlier_harmless"])
def test_an_earlier_answer_about_something_else_is_not_contradicted(case: dict[str, str]) -> None:
    found = signals_of(case["now"], case["language"], [case["before"]])
    assert ProbeReason.CONTRADICTS_ANSWER not in reasons(found)


@pytest.mark.parametrize(("language", "answer"), pairs("vague"))
def test_generalities_and_a_few_words_are_vague(language: str, answer: str) -> None:
    assert ProbeReason.VAGUE in reasons(signals_of(answer, language))


@pytest.mark.parametrize(("language", "answer"), pairs("concrete"))
def test_own_acts_names_and_figures_are_not_vague(language: str, answer: str) -> None:
    assert ProbeReason.VAGUE not in reasons(signals_of(answer, language))


@pytest.mark.parametrize(("language", "case"), pairs("interesting"))
def test_big_effects_inventions_and_lessons_are_interesting(language: str, case: list[str]) -> None:
    answer, target = case
    found = [signal for signal in signals_of(answer, language) if signal.reason is ProbeReason.INTERESTING]
    assert found, answer
    assert target in found[0].quote


@pytest.mark.parametrize(("language", "answer"), pairs("dull"))
def test_usual_effects_goals_and_others_work_are_not_interesting(language: str, answer: str) -> None:
    assert ProbeReason.INTERESTING not in reasons(signals_of(answer, language))


@pytest.mark.parametrize("text", ["", "  ", "ㅋㅋㅋ", "asdf", "잘 모르겠습니다", "Could you repeat that?", "잠시만요"])
def test_a_wish_or_nothing_gives_no_reason_to_ask_on(text: str) -> None:
    assert signals_of(text, "ko") == []


@pytest.mark.parametrize(
    ("language", "answer", "against"),
    [
        ("ko", "12년 경력의 개발자로서 말씀드리겠습니다.", "경력 5년 2개월"),
        ("en", "I have twelve years of experience.", "5 years 2 months of experience"),
    ],
)
def test_how_long_a_resume_says_that_somebody_worked_is_told_in_words(language: str, answer: str, against: str) -> None:
    assert signals_of(answer, language)[0].against == against


@pytest.mark.parametrize(
    ("language", "answer", "target"),
    [
        ("ko", "저희는 항상 다양한 방법으로 소통하면서 문제를 해결했습니다.", "항상 다양한 방법으로 소통하면서"),
        ("ko", "빌드 시간을 40분에서 4분으로 줄였습니다.", "빌드 시간을 40분에서 4분으로 줄였습니다"),
        ("ko", "제가 새 규칙을 고안해서 특허를 출원했습니다.", "새 규칙을 고안해서 특허를 출원했습니다"),
        ("en", "We usually communicate a lot and always follow best practices.", "We usually communicate a lot"),
    ],
)  # fmt: skip
def test_what_is_asked_about_is_a_passage_that_makes_sense_alone(language: str, answer: str, target: str) -> None:
    assert signals_of(answer, language)[0].target == target


def test_the_reasons_come_in_their_order() -> None:
    answer = (
        "p99 지연을 300 ms까지 줄였습니다. 제 실수로 데이터를 지웠고 그 뒤로는 백업부터 확인합니다. "
        "배포 시간은 12분입니다."
    )
    found = [signal.reason for signal in signals_of(answer, "ko", ["배포 시간은 5분입니다."])]
    assert found == sorted(found, key=list(ProbeReason).index)
    assert set(found) == {
        ProbeReason.CONTRADICTS_RESUME,
        ProbeReason.CONTRADICTS_ANSWER,
        ProbeReason.INTERESTING,
    }


SENTENCES = [
    item if isinstance(item, str) else item[0]
    for kind in ("resume", "harmless", "vague", "concrete", "interesting", "dull")
    for _, item in pairs(kind)
]
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join))
FIELDS = ["company", "start", "end", "role", "name", "achievements", "technologies"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)
PROFILES = st.dictionaries(
    st.sampled_from(["employments", "projects", "skills", "summary", "total_experience_months"]), VALUES, max_size=5
)


@given(
    answer=TEXTS,
    claims=st.lists(TEXTS, max_size=3),
    earlier=st.lists(TEXTS, max_size=3),
    profile=PROFILES | st.just(ANSWERS["profile"]),
    language=st.sampled_from(["ko", "en"]),
)
def test_no_answer_breaks_the_rules_and_each_quote_stands_in_it(
    answer: str, claims: list[str], earlier: list[str], profile: dict[str, Any], language: str
) -> None:
    found = find_signals(answer, language, claims=claims, profile=profile, earlier_answers=earlier)
    for signal in found:
        assert signal.quote
        assert signal.quote in answer
        assert signal.target
        assert len(signal.target) <= 300


@given(answers=st.lists(st.sampled_from([item for _, item in pairs("harmless")]), min_size=1, max_size=1))
def test_an_answer_never_contradicts_itself(answers: list[str]) -> None:
    found = signals_of(answers[0], "ko", answers)
    assert ProbeReason.CONTRADICTS_ANSWER not in reasons(found)


def test_a_very_long_answer_is_read_in_time() -> None:
    for text in (" ".join(SENTENCES) * 20, "p99 지연 300 ms " * 8000, "1" * 100_000, "가" * 100_000, "a, " * 40_000):
        started = time.process_time()
        signals_of(text, "ko", [text, text])
        assert time.process_time() - started < 20, text[:20]
