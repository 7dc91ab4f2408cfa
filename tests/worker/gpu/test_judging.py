"""No number without a judge, no quote that is not in the answer, and sums in code."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interview_core.errors import EngineFailed
from interview_worker.engines.language_model import DeadlinePassed, FinishReason, ModelUnavailable, PromptTooLong
from interview_worker.gpu.evidence import find_quote
from interview_worker.gpu.findings import Dropped, JudgedAnswer, NotScored, NoUncertainty, Status, Verdict
from interview_worker.gpu.improved_answer import check_improved
from interview_worker.gpu.judging import judge, judge_once, judged_keys, not_scored
from interview_worker.gpu.reporting import aggregate
from interview_worker.gpu.summary import NO_SUMMARY, summarise
from interview_worker.rubrics.loader import load_rubric
from tests.worker.gpu.fakes import FakeLanguageModel, no_model, prompt_of

RUBRIC = load_rubric()
TEXT = "조회가 몰려서 Redis 캐시를 두었습니다. p95가 800ms에서 200ms로 줄었습니다. 무효화는 깊게 보지 못했습니다."


def answer(**changes: Any) -> JudgedAnswer:
    made = JudgedAnswer(
        question_id=UUID(int=1),
        question="캐시를 도입한 이유와 결과를 말씀해 주세요.",
        stage="기술 역량",
        covers=("도입한 이유", "결과"),
        competency="technical_depth",
        role="백엔드 개발자",
        language="ko",
        text=TEXT,
        is_skipped=False,
    )
    return replace(made, **changes)


def competency(score: int = 70, quote: str = "Redis 캐시를 두었습니다") -> dict[str, Any]:
    return {"quote": quote, "comment": "근거가 있습니다.", "score": score}


def reply(**changes: Any) -> str:
    content: dict[str, Any] = {
        "summary": "이유와 결과를 말했습니다.",
        "covered": {"aspect_1": "조회가 몰려서 Redis 캐시를 두었습니다", "aspect_2": None},
        "star": {"situation": "조회가 몰려서", "task": None, "action": "Redis 캐시를 두었습니다", "result": None},
        "points": [
            {"kind": "strength", "text": "수치로 보여 주었습니다.", "quote": "p95가 800ms에서 200ms로 줄었습니다"}
        ],
        "competencies": {"technical_depth": competency(), "communication": None},
        "improved_answer": "조회가 몰려 캐시를 두었습니다.",
    }
    return json.dumps(content | changes, ensure_ascii=False)


def verdict_on(model: FakeLanguageModel, about: JudgedAnswer | None = None, **options: Any) -> Verdict:
    return judge(about or answer(), model, RUBRIC, **{"has_consent": True, "deadline_s": 60, **options})


def test_a_judged_answer_has_a_score_with_its_evidence() -> None:
    verdict = verdict_on(FakeLanguageModel([reply()]))

    assert (verdict.status, verdict.reason, verdict.score) == (Status.DONE, None, 70)
    evidence = verdict.findings.competencies[0].evidence
    assert TEXT[evidence.start : evidence.end] == evidence.quote == "Redis 캐시를 두었습니다"
    assert verdict.answered_by is not None
    assert verdict.versions["prompt"] == "evaluate_answer.ko@2"


def test_what_was_missed_is_what_the_question_asks_for_less_what_was_covered() -> None:
    covered = {"aspect_1": None, "aspect_2": "p95가 800ms에서 200ms로 줄었습니다"}
    findings = verdict_on(FakeLanguageModel([reply(covered=covered)])).findings

    assert [item.text for item in findings.covered] == ["결과"]
    assert findings.missed == ["도입한 이유"]
    invented = {"aspect_1": "사용자가 두 배로 늘었습니다", "aspect_2": None}
    findings = verdict_on(FakeLanguageModel([reply(covered=invented)])).findings
    assert (findings.covered, findings.missed) == ([], ["도입한 이유", "결과"])


def test_points_and_scores_whose_quote_the_answer_does_not_hold_are_dropped() -> None:
    invented = {"kind": "strength", "text": "좋습니다.", "quote": "동시 접속자 만 명을 버텼습니다"}
    judged = {"technical_depth": competency(quote="지어낸 말입니다"), "communication": competency(50)}
    model = FakeLanguageModel([reply(points=[invented], competencies=judged)])

    verdict = verdict_on(model)

    assert verdict.findings.points == []
    assert [item.key for item in verdict.findings.competencies] == ["communication"]
    assert verdict.score == 50


def test_without_any_surviving_evidence_there_is_no_score_but_what_was_said_stays() -> None:
    verdict = verdict_on(FakeLanguageModel([reply(competencies={"technical_depth": None, "communication": None})]))

    assert (verdict.status, verdict.reason, verdict.score) == (Status.NOT_SCORED, NotScored.NOT_ENOUGH_EVIDENCE, None)
    assert verdict.findings.summary
    assert verdict.findings.points


def test_scores_are_weighted_by_the_rubric_in_code() -> None:
    model = FakeLanguageModel(
        [reply(competencies={"technical_depth": competency(80), "communication": competency(50)})]
    )

    assert verdict_on(model).score == round((80 * 20 + 50 * 10) / 30, 1)


def test_of_several_gradings_the_median_counts_and_their_spread_is_the_uncertainty() -> None:
    replies = [
        reply(competencies={"technical_depth": competency(score), "communication": None}) for score in (70, 40, 76)
    ]
    model = FakeLanguageModel(replies)

    verdict = verdict_on(model, gradings=3)

    (judged,) = verdict.findings.competencies
    assert (verdict.score, judged.score, judged.uncertainty) == (70, 70, 18)
    assert (verdict.findings.uncertainty, verdict.findings.grading_count) == (18, 3)
    assert verdict.findings.no_uncertainty_reason is None
    assert [request.seed for request in model.requests] == [0, 1, 2]
    assert [request.limits.temperature for request in model.requests] == [0, 0.4, 0.7]
    orders = [list(request.output_schema["$defs"]["Competencies"]["properties"]) for request in model.requests]
    assert orders == [
        ["technical_depth", "communication"],
        ["communication", "technical_depth"],
        ["technical_depth", "communication"],
    ]


def test_one_grading_has_no_uncertainty_and_says_why() -> None:
    findings = verdict_on(FakeLanguageModel([reply()])).findings

    assert (findings.uncertainty, findings.no_uncertainty_reason) == (None, NoUncertainty.ONE_GRADING)
    assert (findings.competencies[0].uncertainty, findings.grading_count) == (None, 1)


def test_a_competency_counts_only_when_most_gradings_found_evidence_for_it() -> None:
    nothing = reply(competencies={"technical_depth": None, "communication": None})
    invented = reply(competencies={"technical_depth": competency(95, "지어낸 말입니다"), "communication": None})

    assert verdict_on(FakeLanguageModel([reply(), reply(), nothing]), gradings=3).score == 70
    assert verdict_on(FakeLanguageModel([reply(), nothing, invented]), gradings=3).score is None


@pytest.mark.parametrize("later", [EngineFailed("llama_decode"), DeadlinePassed("slow"), ModelUnavailable("gone")])
def test_a_later_grading_that_fails_is_left_out(later: Exception) -> None:
    findings = verdict_on(FakeLanguageModel([reply(), later]), gradings=3).findings

    assert (findings.grading_count, findings.competencies[0].score) == (1, 70)


@pytest.mark.parametrize(
    ("covered", "adjustment"),
    [
        ({"aspect_1": "조회가 몰려서", "aspect_2": "800ms에서 200ms로"}, 5),
        ({"aspect_1": "조회가 몰려서", "aspect_2": None}, 0),
        ({"aspect_1": None, "aspect_2": None}, -5),
        ({"aspect_1": "지어낸 말입니다", "aspect_2": "이것도 지어낸 말입니다"}, -5),
    ],
)
def test_a_follow_up_earns_or_loses_points_by_what_it_covers(covered: dict[str, Any], adjustment: int) -> None:
    both = {"technical_depth": competency(70), "communication": competency(50)}
    written = reply(covered=covered, competencies=both)

    main = verdict_on(FakeLanguageModel([written])).findings
    deeper = verdict_on(FakeLanguageModel([written]), answer(is_follow_up=True)).findings

    assert [(item.score, item.adjustment) for item in main.competencies] == [(70, 0), (50, 0)]
    assert [(item.score, item.adjustment) for item in deeper.competencies] == [(70 + adjustment, adjustment), (50, 0)]


def test_the_parts_of_star_are_quotes_or_missing_where_the_question_asks_for_them() -> None:
    about = answer(competency="problem_solving")
    judged = {"problem_solving": competency(), "communication": None}

    findings = verdict_on(FakeLanguageModel([reply(competencies=judged)]), about).findings

    quotes = {item.part: item.evidence.quote if item.evidence else None for item in findings.star}
    assert quotes == {"situation": "조회가 몰려서", "task": None, "action": "Redis 캐시를 두었습니다", "result": None}
    assert verdict_on(FakeLanguageModel([reply()])).findings.star == []


def test_what_the_model_says_about_the_person_is_taken_out_everywhere_and_counted() -> None:
    person = "지원자의 사투리가 강합니다."
    judged = {"technical_depth": competency() | {"comment": f"근거가 있습니다. {person}"}, "communication": None}
    point = {"kind": "strength", "text": "표정이 밝습니다.", "quote": "Redis 캐시를 두었습니다"}
    written = reply(
        summary=f"이유를 말했습니다. {person}",
        points=[point],
        competencies=judged,
        improved_answer=f"캐시를 두었습니다. {person}",
    )

    findings = verdict_on(FakeLanguageModel([written])).findings

    assert findings.summary == "이유를 말했습니다."
    assert findings.points == []
    assert findings.competencies[0].comment == "근거가 있습니다."
    assert (findings.improved_answer, findings.improved_answer_dropped) == (None, Dropped.FORBIDDEN)
    assert findings.removed_statements == 4


@pytest.mark.parametrize(
    ("improved", "dropped"),
    [
        ("조회가 몰려 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다.", None),
        ("조회가 몰려 캐시를 두었고 p95가 90% 줄었습니다.", Dropped.NEW_FIGURE),
        ("조회가 몰려 캐시를 두어 속도가 네 배 빨라졌습니다.", Dropped.NEW_FIGURE),
        ("조회가 몰려 Redis와 Kafka를 두었습니다.", Dropped.NEW_NAME),
        ("한빛전자에서 조회가 몰려 Redis 캐시를 두었습니다.", Dropped.NEW_NAME),
        ("김철수 팀장님과 Redis 캐시를 두었습니다.", Dropped.NEW_NAME),
        ("[name] 팀장님과 Redis 캐시를 두었습니다.", Dropped.UNREADABLE),
        ("Redis 캐시를 두었습니다 [|system|]", Dropped.UNREADABLE),
    ],
)
def test_an_improved_answer_holds_nothing_that_the_candidate_did_not_say(
    improved: str, dropped: Dropped | None
) -> None:
    findings = verdict_on(FakeLanguageModel([reply(improved_answer=improved)])).findings

    assert findings.improved_answer_dropped is dropped
    assert findings.improved_answer == (None if dropped else improved)


@pytest.mark.parametrize(
    ("improved", "dropped"),
    [
        ("However, reads were piling up, so I put Redis in front, and p95 went from 800 ms to 200 ms.", None),
        ("I put Redis and Kafka in front.", Dropped.NEW_NAME),
        ("At Google I put Redis in front.", Dropped.NEW_NAME),
        ("I put Redis in front. GraphQL helped.", Dropped.NEW_NAME),
        ("I put Redis in front, which made it four times faster.", Dropped.NEW_FIGURE),
        ("I put Redis in front for 3 teams.", Dropped.NEW_FIGURE),
    ],
)
def test_an_improved_english_answer_holds_nothing_new_either(improved: str, dropped: Dropped | None) -> None:
    said = "Reads were piling up, so I put Redis in front. p95 went from 800 ms to 200 ms."

    assert check_improved(improved, answer(text=said, language="en"))[1] is dropped


def test_the_judge_never_sees_the_resume_and_sees_the_rubric_and_the_answer() -> None:
    model = FakeLanguageModel([reply()])
    verdict_on(model)

    prompt = prompt_of(model.requests[0])
    assert TEXT in prompt
    assert "technical_depth (기술 깊이)" in prompt
    assert "problem_solving" not in prompt
    assert model.requests[0].output_schema is not None
    assert model.requests[0].limits.temperature == 0


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        ({}, {"has_consent": False}, NotScored.NO_CONSENT),
        ({"text": "   "}, {}, NotScored.NOT_ENOUGH_EVIDENCE),
        ({"text": "잘 모르겠습니다..."}, {}, NotScored.NOT_ENOUGH_EVIDENCE),
        ({"is_skipped": True}, {}, NotScored.NO_ANSWERS),
    ],
)
def test_what_may_not_or_cannot_be_judged_reaches_no_model(
    changes: dict[str, Any], options: dict[str, Any], reason: NotScored
) -> None:
    model = FakeLanguageModel([])

    verdict = verdict_on(model, answer(**changes), **options)

    assert (verdict.status, verdict.reason, verdict.score) == (Status.NOT_SCORED, reason, None)
    assert model.requests == []


def test_without_a_model_there_is_no_score() -> None:
    assert verdict_on(no_model()).reason is NotScored.NO_MODEL
    assert verdict_on(FakeLanguageModel([ModelUnavailable("gone")])).reason is NotScored.NO_MODEL


@pytest.mark.parametrize(
    "broken",
    ["", "점수는 100점입니다.", reply()[:-20], reply(summary=""), reply(competencies={}), '{"summary":"x"}'],
)
def test_a_judgement_of_the_wrong_form_is_asked_for_once_more(broken: str) -> None:
    model = FakeLanguageModel([broken, reply()])

    assert verdict_on(model).score == 70
    first, second = model.requests
    assert (first.limits.temperature, second.limits.temperature) == (0, 0.4)
    assert second.limits.deadline_s <= first.limits.deadline_s
    assert list(second.messages[: len(first.messages)]) == first.messages
    assert broken[:50] in second.messages[-2].text
    assert "object" in second.messages[-1].text


def test_what_stays_wrong_is_a_failed_evaluation() -> None:
    for model in (
        FakeLanguageModel([reply(), reply()], finish_reason=FinishReason.LENGTH),
        FakeLanguageModel(["{}", "{}"]),
        FakeLanguageModel([DeadlinePassed("slow")]),
        FakeLanguageModel([PromptTooLong("long")] * 3),
    ):
        verdict = verdict_on(model)
        assert (verdict.status, verdict.reason) == (Status.FAILED, NotScored.EVALUATION_FAILED)


def test_a_failure_that_may_pass_is_raised_for_the_job_and_a_verdict_for_the_report() -> None:
    with pytest.raises(EngineFailed):
        verdict_on(FakeLanguageModel([EngineFailed("llama_decode")]))
    failed = judge_once(
        answer(), FakeLanguageModel([EngineFailed("llama_decode")]), RUBRIC, has_consent=True, deadline_s=60
    )
    assert failed.reason is NotScored.EVALUATION_FAILED


def test_a_very_long_answer_is_shown_in_part_and_its_quotes_still_fit() -> None:
    text = TEXT + " 덧붙이면 " + " ".join(f"가나{number}" for number in range(4000))
    model = FakeLanguageModel([PromptTooLong("8k"), reply()])

    verdict = verdict_on(model, answer(text=text))

    assert verdict.score == 70
    assert len(prompt_of(model.requests[1])) < len(prompt_of(model.requests[0])) < 20_000


def test_broken_characters_of_a_model_are_not_stored() -> None:
    broken = "좋\N{REPLACEMENT CHARACTER}"
    verdict = verdict_on(FakeLanguageModel([reply(summary=broken, improved_answer=broken)]))

    assert verdict.findings.summary is None
    assert verdict.findings.improved_answer is None


def test_an_answer_is_judged_by_its_questions_competency_and_by_how_it_is_put() -> None:
    assert judged_keys("technical_depth", RUBRIC) == ("technical_depth", "communication")
    assert judged_keys("communication", RUBRIC) == ("communication",)
    assert judged_keys(None, RUBRIC) == judged_keys("nosuch", RUBRIC) == ("communication",)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Redis 캐시를 두었습니다", "Redis 캐시를 두었습니다"),
        ("“redis  캐시를\n두었습니다.”", "Redis 캐시를 두었습니다"),
        ("...p95가 800ms에서", "p95가 800ms에서"),
        ("Redis", "Redis"),
        ("몰려서Redis캐시", "몰려서 Redis 캐시"),
        ("캐시를 두지 않았습니다", None),
        ("네", None),
        ("...", None),
        ("", None),
    ],
)
def test_a_quote_is_found_where_it_stands(quote: str, found: str | None) -> None:
    span = find_quote(quote, TEXT)
    assert (TEXT[span.start : span.end] if span else None) == found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=20), st.text(max_size=60))
def test_what_is_found_is_what_the_text_holds(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    span = find_quote(quote, text)
    if span is not None:
        assert 0 <= span.start < span.end <= len(text)
        again = find_quote(text[span.start : span.end], text)
        assert again is not None
        assert again.start <= span.start


def scored(**scores: int) -> Verdict:
    keys = {key: competency(score) for key, score in scores.items()}
    about = answer(competency=next(key for key in scores if key != "communication" or len(scores) == 1))
    full = {key: keys.get(key) for key in judged_keys(about.competency, RUBRIC)}
    return verdict_on(FakeLanguageModel([reply(competencies=full)]), about)


def test_a_report_adds_up_verdicts_by_weight_and_leaves_out_what_was_not_assessed() -> None:
    verdicts = [
        scored(technical_depth=80, communication=60),
        scored(problem_solving=40, communication=50),
        not_scored(NotScored.EVALUATION_FAILED, RUBRIC),
    ]

    result = aggregate(verdicts, RUBRIC, "ko")

    scores = {item.key: item.score for item in result.content.competencies if item.score is not None}
    assert scores == {"technical_depth": 80, "problem_solving": 40, "communication": 55}
    assert result.overall_score == round((80 * 20 + 40 * 20 + 55 * 10) / 50, 1)
    assert result.not_scored_reason is None
    empty = [item for item in result.content.competencies if item.score is None]
    assert {item.not_scored_reason for item in empty} == {NotScored.EVALUATION_FAILED}
    assert all(item.evidence for item in result.content.competencies if item.score is not None)
    assert result.content.strengths == ["수치로 보여 주었습니다."]
    assert result.versions["rubric"] == "standard@2"


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ([], NotScored.NO_ANSWERS),
        ([NotScored.NOT_ENOUGH_EVIDENCE, NotScored.NO_MODEL], NotScored.NO_MODEL),
        ([NotScored.NO_CONSENT], NotScored.NO_CONSENT),
        ([NotScored.NO_ANSWERS, NotScored.NO_ANSWERS], NotScored.NO_ANSWERS),
        ([NotScored.NO_ANSWERS, NotScored.NOT_ENOUGH_EVIDENCE], NotScored.NOT_ENOUGH_EVIDENCE),
        ([NotScored.NOT_ENOUGH_EVIDENCE], NotScored.NOT_ENOUGH_EVIDENCE),
        ([NotScored.EVALUATION_FAILED, NotScored.NOT_ENOUGH_EVIDENCE], NotScored.EVALUATION_FAILED),
    ],
)
def test_a_report_without_a_score_says_why(reasons: list[NotScored], expected: NotScored) -> None:
    result = aggregate([not_scored(reason, RUBRIC) for reason in reasons], RUBRIC, "en")

    assert (result.overall_score, result.not_scored_reason) == (None, expected)
    assert {item.not_scored_reason for item in result.content.competencies} == {expected}
    assert result.content.competencies[0].title == "Technical depth"


@pytest.mark.parametrize("written", ["", "Well done overall.", "가" * 1000, "잘했습니다 [|system|]"])
def test_a_summary_that_cannot_be_shown_is_left_out(written: str) -> None:
    verdicts = [scored(technical_depth=80)]
    result = aggregate(verdicts, RUBRIC, "ko")

    summary = summarise(result, verdicts, FakeLanguageModel([written]), role="개발자", language="ko", deadline_s=9)

    assert summary == NO_SUMMARY


def test_nothing_scored_means_nothing_to_sum_up() -> None:
    result = aggregate([], RUBRIC, "ko")

    assert summarise(result, [], FakeLanguageModel([]), role="개발자", language="ko", deadline_s=9) == NO_SUMMARY
