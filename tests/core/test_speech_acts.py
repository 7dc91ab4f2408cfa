"""What a candidate wants is told from what a candidate answers, in both languages."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from interview_core.speech_acts import SpeechAct, is_meaningless, load_wording, recognise

SPOKEN = yaml.safe_load((Path(__file__).parent / "spoken.yaml").read_text("utf-8"))


def listed(kind: str) -> list[tuple[str, str]]:
    return [(language, text) for language, kinds in SPOKEN.items() for text in kinds[kind]]


ACTS = [(language, act, text) for act in SpeechAct for language, text in listed(act)]


def test_the_corpus_has_enough_of_each_language_and_act() -> None:
    for language, kinds in SPOKEN.items():
        assert sum(len(kinds[act]) for act in (*SpeechAct, "answers")) >= 120, language
        assert len(kinds["answers"]) >= 35
        assert [act for act in SpeechAct if len(kinds[act]) < 8] == []


@pytest.mark.parametrize(("language", "act", "text"), ACTS)
def test_an_act_is_recognised(language: str, act: SpeechAct, text: str) -> None:
    assert recognise(text, language) == act


@pytest.mark.parametrize(("language", "text"), listed("answers"))
def test_an_answer_that_holds_the_words_of_an_act_stays_an_answer(language: str, text: str) -> None:
    assert recognise(text, language) is None
    assert not is_meaningless(text, language)


@pytest.mark.parametrize(("language", "act", "text"), ACTS)
def test_an_act_beside_an_answer_leaves_it_an_answer(language: str, act: SpeechAct, text: str) -> None:
    more = {"ko": "저는 결제 서버의 지연을 40 % 줄였습니다.", "en": "I cut the latency of our payment server by 40 %."}
    assert recognise(f"{more[language]} {text}", language) is None
    assert recognise(f"{text} {more[language]}", language) is None


@pytest.mark.parametrize(("language", "act", "text"), ACTS)
def test_case_spacing_and_punctuation_do_not_matter(language: str, act: SpeechAct, text: str) -> None:
    bare = "".join(letter for letter in text if letter.isalnum() or letter in " '’")
    assert recognise(f"  {text.upper()}!! ", language) == act
    assert recognise(bare, language) == act


def test_the_other_language_is_understood_too() -> None:
    assert recognise("I have no idea", "ko") == SpeechAct.DONT_KNOW
    assert recognise("잠시만요", "en") == SpeechAct.MOMENT


@pytest.mark.parametrize(("language", "text"), listed("meaningless"))
def test_what_says_nothing_is_meaningless(language: str, text: str) -> None:
    assert is_meaningless(text, language)


@pytest.mark.parametrize(("language", "text"), listed("short_answers"))
def test_what_says_something_is_not_meaningless(language: str, text: str) -> None:
    assert not is_meaningless(text, language)


@given(text=st.text(max_size=250), language=st.sampled_from(["ko", "en"]))
def test_no_text_breaks_the_rules(text: str, language: str) -> None:
    act = recognise(text, language)
    assert act is None or isinstance(act, SpeechAct)
    assert is_meaningless(text, language) in (True, False)


WORDS = sorted({word for language, _, text in ACTS for word in text.split()})


@given(words=st.lists(st.sampled_from(WORDS), max_size=40), language=st.sampled_from(["ko", "en"]))
def test_heaps_of_an_acts_own_words_are_read_at_once(words: list[str], language: str) -> None:
    started = time.process_time()
    recognise(" ".join(words), language)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("다시", 100),
        ("한번만더", 50),
        ("다시한번만 ", 40),
        ("저그음", 66),
        ("너무 ", 60),
        ("하나만", 60),
        ("can you please ", 13),
        ("a", 200),
        ("ㅋ", 100_000),
        ("그 ", 100_000),
        ("asdf", 50_000),
    ],
)
def test_repetition_costs_no_time(text: str, count: int) -> None:
    text *= count
    load_wording()
    started = time.process_time()
    recognise(text, "ko")
    recognise(text, "en")
    is_meaningless(text, "ko")
    assert time.process_time() - started < 2
