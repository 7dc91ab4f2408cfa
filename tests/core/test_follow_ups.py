"""Follow-ups that need no model say what called for them, as one person would say it to another."""

import pytest

from interview_core.db.questions import Place
from interview_core.follow_ups import follow_up_reason, follow_up_template
from interview_core.interview import Decision
from interview_core.plan import make_plan, read_applicant
from interview_core.scenario import get_scenario

LONG = "항상 다양한 방법으로 소통하면서 문제를 해결했습니다."


@pytest.mark.parametrize(("language", "said"), [("ko", "네, 있습니다."), ("ko", "열심히 했습니다."), ("en", "Yes.")])
def test_nobody_is_asked_for_more_about_a_yes(language: str, said: str) -> None:
    decision = Decision(True, "vague", "rules", target=said.rstrip("."), quote=said)
    for text in (follow_up_template(decision, language, 0), follow_up_reason(decision, language)):
        assert said.rstrip(".") not in text


@pytest.mark.parametrize("reason", ["contradicts_resume", "contradicts_answer", "vague", "interesting"])
def test_a_follow_up_is_held_to_what_it_asks(reason: str) -> None:
    planned = make_plan(get_scenario("standard"), "ko", read_applicant(None))[2]
    opening, deeper = Place(3, 2, planned), Place(4, 2, planned, 1, Decision(True, reason, "rules"))
    assert opening.covers("ko") == planned.covers
    assert not set(deeper.covers("ko")) & set(planned.covers)
    assert len(deeper.covers("ko")) == len(deeper.covers("en")) == 3


def test_a_vague_passage_is_quoted_back() -> None:
    decision = Decision(True, "vague", "rules", target="항상 다양한 방법으로 소통하면서", quote=LONG)
    assert "“항상 다양한 방법으로 소통하면서” 부분을" in follow_up_template(decision, "ko", 0)
    assert "“항상 다양한 방법으로 소통하면서” 부분을" in follow_up_reason(decision, "ko")
    assert "“" not in follow_up_template(decision, "ko", 1)


@pytest.mark.parametrize(("language", "together"), [("ko", "줄였습니다”라고 하셨는데"), ("en", "줄였습니다”, while")])
def test_quoted_sentences_lose_the_sign_that_ends_them(language: str, together: str) -> None:
    said = "p99 지연을 300 ms까지 줄였습니다."
    decision = Decision(True, "contradicts_resume", "rules", "p99", said, "p99 지연 900 ms → 540 ms.")
    text = follow_up_template(decision, language, 0)
    assert together in text
    assert "540 ms”" in text
