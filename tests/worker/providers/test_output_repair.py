"""What a model wrote instead of an object: mended where that invents nothing, else refused."""

import json
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from interview_worker.engines.language_model import OutputRefused
from interview_worker.engines.output_repair import MAX_TEXT, read_object


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["strength", "improvement"]
    text: str = Field(min_length=1, max_length=10)


class Score(BaseModel):
    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=0, le=100)
    quote: str = Field(min_length=1, max_length=10)


class Review(BaseModel):
    model_config = ConfigDict(extra="forbid")

    summary: str = Field(min_length=1, max_length=20)
    points: list[Point] = Field(max_length=2)
    depth: Score | None
    is_clear: bool


GOOD: dict[str, Any] = {
    "summary": "좋아요",
    "points": [{"kind": "strength", "text": "수치"}],
    "depth": {"score": 70, "quote": "p95"},
    "is_clear": True,
}
TEXT = json.dumps(GOOD, ensure_ascii=False)


def read(text: str) -> dict[str, Any]:
    return read_object(Review, text).model_dump()


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"물론이죠! 결과는 다음과 같아요.\n{TEXT}\n도움이 되었기를 바라요.",
        f"\ufeff\n\n{TEXT}   ",
        f"<think>{{생각}} 해 보면</think>{TEXT}",
        TEXT + TEXT,
        json.dumps(GOOD, indent=4),
        TEXT.replace('"strength"', '" Strength"'),
        TEXT.replace("70", '"70"'),
        TEXT.replace("70", "69.5"),
        TEXT.replace("true", '"true"'),
        TEXT.replace('{"summary"', '{"extra": {"a": [1]}, "summary"'),
        TEXT.replace('[{"kind": "strength", "text": "수치"}]', '{"kind": "strength", "text": "수치"}'),
        TEXT.replace('"수치"}]', '"수치"}, {"kind": "invented", "text": "x"}, 7, null]'),
    ],
)
def test_what_surrounds_or_disguises_an_object_is_taken_away(text: str) -> None:
    assert read(text) == GOOD


def test_texts_and_lists_are_cut_to_their_bounds() -> None:
    long = GOOD | {"summary": "가" * 90, "points": [{"kind": "strength", "text": "나" * 50}] * 5}

    found = read(json.dumps(long))

    assert found["summary"] == "가" * 20
    assert found["points"] == [{"kind": "strength", "text": "나" * 10}] * 2


@pytest.mark.parametrize("score", [850, -1, "85/100", "높음", None, True, [70], 1e400, "1e9", "NaN"])
def test_a_score_is_never_made_up(score: object) -> None:
    assert read(json.dumps(GOOD | {"depth": {"score": score, "quote": "p95"}}))["depth"] is None


def test_quotes_symbols_and_korean_survive() -> None:
    said = '"따옴표" \\ * # % {}'

    assert read(json.dumps(GOOD | {"summary": said}))["summary"] == said
    assert read(TEXT.replace("좋아요", "두\n줄"))["summary"] == "두\n줄"


def test_characters_that_cannot_be_stored_are_marked() -> None:
    assert read(TEXT.replace("좋아요", "a\\u0000b\\ud800"))["summary"] == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "점수는 100점입니다.",
        "null",
        "[]",
        "{",
        "{}",
        TEXT[:-1],
        TEXT[: len(TEXT) // 2],
        TEXT.replace("좋아요", ""),
        TEXT.replace('"summary": "좋아요", ', ""),
        TEXT.replace('"depth"', '"deep"'),
        TEXT.replace('"summary": "좋아요"', '"summary": {"text": "좋아요"}'),
        '{"a":' * 20_000,
        "[" * 50_000 + "{",
        TEXT + " " * MAX_TEXT,
        '{"summary": ' + "9" * 5000 + "}",
    ],
    ids=lambda text: text[:24],
)
def test_what_holds_no_such_object_is_refused_without_a_word_of_it(text: str) -> None:
    with pytest.raises(OutputRefused) as refused:
        read(text)
    assert "좋아요" not in str(refused.value)


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "score", "quote", "kind", "text"]), inner)
        ),
        max_leaves=20,
    )
)
def test_whatever_json_comes_the_result_is_valid_or_refused(value: object) -> None:
    try:
        found = read_object(Review, json.dumps(value))
    except OutputRefused:
        return
    assert Review.model_validate(found.model_dump()) == found
