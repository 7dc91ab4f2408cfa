"""What is said about a person instead of an answer is taken out; what only uses the same words stays."""

from pathlib import Path

import pytest
import yaml

from interview_worker.gpu.forbidden import forbidden_topics, without_forbidden

CORPUS = yaml.safe_load((Path(__file__).parents[2] / "samples" / "person_statements.yaml").read_text("utf-8"))
FORBIDDEN = [(topic, text) for topic, texts in CORPUS["forbidden"].items() for text in texts]


@pytest.mark.parametrize(("topic", "text"), FORBIDDEN)
def test_a_statement_about_the_person_is_found(topic: str, text: str) -> None:
    assert topic in forbidden_topics(text)


@pytest.mark.parametrize("text", CORPUS["allowed"])
def test_a_statement_about_the_answer_stays_whatever_its_words(text: str) -> None:
    assert forbidden_topics(text) == []


def test_only_the_sentence_about_the_person_goes_and_it_is_counted() -> None:
    clean = without_forbidden("p95가 3.2 s에서 줄었습니다. 지원자의 사투리가 강합니다. 원인을 순서대로 말했습니다.")

    assert clean.text == "p95가 3.2 s에서 줄었습니다. 원인을 순서대로 말했습니다."
    assert clean.removed == 1


def test_of_a_text_that_is_only_about_the_person_nothing_is_left() -> None:
    clean = without_forbidden("The candidate seemed nervous. Your accent is strong!")

    assert (clean.text, clean.removed) == (None, 2)
    assert without_forbidden(None).text is None
