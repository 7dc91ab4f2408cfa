"""A report as the API gives it, and what a person's review makes of it."""

from typing import Any

from tests.pages.interviews import answer, question, turn
from tests.pages.people import NOW, identifier
from tests.pages.state import word

INTERVIEW = identifier(31)
DEPTH = ("기술 깊이", "Technical depth")
RUBRIC = {"rubric": "general-1", "prompt": "judge-3", "model": "EXAONE 3.5 7.8B", "code": "0.1.0"}


def _quote(language: str) -> str:
    return word(language, "느린 요청의 로그를 모아 보니", "I collected the logs of slow requests")


def evidence(language: str) -> dict[str, Any]:
    quote = _quote(language)
    start = answer(language, 2)["text"].index(quote)
    return {
        "question_id": identifier(52),
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "start_ms": None,
        "end_ms": None,
    }


def competency(language: str, key: str, title: tuple[str, str], score: float | None, **changes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": word(language, *title),
        "weight": 0.25,
        "score": score,
        "uncertainty": None if score is None else 5.0,
        "no_uncertainty_reason": None,
        "not_scored_reason": "not_enough_evidence" if score is None else None,
        "answer_count": 0 if score is None else 1,
        "comment": None
        if score is None
        else word(language, "원인을 로그로 확인하고 움직였어요.", "You looked at logs before acting."),
        "evidence": [] if score is None else [evidence(language)],
        "bands": [],
        "superseded": None,
        **changes,
    }


def review(language: str, **changes: Any) -> dict[str, Any]:
    found = word(language, "병목을 찾은 방법", "How the bottleneck was found")
    return {
        "question_id": identifier(52),
        "status": "done",
        "not_scored_reason": None,
        "transcript_problem": None,
        "score": 71.0,
        "uncertainty": 5.0,
        "no_uncertainty_reason": None,
        "grading_count": 3,
        "summary": word(
            language,
            "로그로 원인을 찾은 과정이 뚜렷해요. 대안은 말하지 않았어요.",
            "How the cause was found is clear. Alternatives were not named.",
        ),
        "covered": [{"text": found, "evidence": evidence(language)}],
        "missed": [word(language, "비교한 대안", "Alternatives considered")],
        "star": [
            {"part": "situation", "evidence": None},
            {"part": "task", "evidence": None},
            {"part": "action", "evidence": evidence(language)},
            {"part": "result", "evidence": None},
        ],
        "points": [],
        "competencies": [],
        "improved_answer": None,
        "improved_answer_dropped": "new_figure",
        "removed_statements": 0,
        "unquoted": [],
        "instruction_count": 0,
        "evaluated_by": {
            "provider": "llama.cpp",
            "model": "EXAONE 3.5 7.8B",
            "prompt_version": "judge-3",
            "is_fallback": False,
            "fallback_reason": None,
            "took_ms": 5200,
        },
        "versions": RUBRIC,
        **changes,
    }


def failed_review(language: str) -> dict[str, Any]:
    return review(
        language,
        status="failed",
        not_scored_reason="evaluation_failed",
        score=None,
        uncertainty=None,
        summary=None,
        covered=[],
        missed=[],
        star=[],
        improved_answer_dropped=None,
        evaluated_by=None,
    )


def claim(language: str, verdict: str) -> dict[str, Any]:
    return {
        "claim_id": identifier(90),
        "kind": "achievement",
        "about": word(language, "라온커머스", "Harbour Commerce"),
        "text": word(language, "주문 조회 p99 지연 40% 감소", "cut p99 latency of order lookup by 40%"),
        "verdict": verdict,
        "evidence": evidence(language) if verdict == "supported" else None,
        "question_ids": [identifier(52)],
    }


def report(language: str, **changes: Any) -> dict[str, Any]:
    return {
        "interview_id": INTERVIEW,
        "status": "ready",
        "percent": 100,
        "error_code": None,
        "can_retry": False,
        "overall_score": None,
        "uncertainty": None,
        "no_uncertainty_reason": None,
        "not_scored_reason": None,
        "superseded_overall": None,
        "answer_count": 2,
        "summary": None,
        "strengths": [],
        "improvements": [],
        "competencies": [],
        "claims": [],
        "role_match": None,
        "practice": [],
        "answers": [],
        "turns": _turns(language),
        "is_calibrated": False,
        "calibrations": [],
        "removed_statements": 0,
        "instruction_count": 0,
        "versions": RUBRIC,
        "reviews": [],
        "created_at": NOW,
        "finished_at": NOW,
        **changes,
    }


def _turns(language: str) -> list[dict[str, Any]]:
    first, second, end = NOW, "2026-11-21T04:01:10Z", "2026-11-21T04:03:20Z"
    introduction = word(language, "자기소개", "Introduction")
    return [
        turn(
            language,
            1,
            question=question(language, 1, stage_title=introduction, created_at=first),
            answer=answer(language, 1, submitted_at=second),
        ),
        turn(
            language,
            2,
            question=question(language, 2, created_at=second),
            answer=answer(language, 2, submitted_at=end),
        ),
    ]


def judged(language: str) -> dict[str, Any]:
    return {
        "summary": word(
            language,
            "문제를 숫자와 로그로 풀어 가는 모습이 잘 드러났어요. 다른 방법과 견준 이야기를 더하면 더 좋아요.",
            "You solve problems with figures and logs, and it shows. Say next time what you weighed it against.",
        ),
        "strengths": [word(language, "로그로 원인부터 확인했어요.", "You looked for the cause in the logs first.")],
        "competencies": [
            competency(language, "technical_depth", DEPTH, 74.0),
            competency(language, "problem_solving", ("문제 해결", "Problem solving"), 68.0),
            competency(language, "communication", ("전달력", "Communication"), 71.0),
            competency(language, "collaboration", ("협업", "Collaboration"), None),
        ],
    }


def whole(language: str) -> dict[str, Any]:
    requirement = {
        "text": word(language, "Redis를 운영해 본 분", "You have run Redis in production"),
        "status": "found",
        "terms": [
            {
                "name": "Redis",
                "is_found": True,
                "evidence": [{"source": "resume", "quote": "Redis", "question_id": None, "start": None, "end": None}],
            }
        ],
    }
    practice = {
        "kind": "missed_aspect",
        "text": word(language, "비교한 대안", "Alternatives considered"),
        "competency": "technical_depth",
        "question_id": identifier(52),
    }
    return report(
        language,
        **judged(language),
        overall_score=71.0,
        uncertainty=4.0,
        claims=[claim(language, "supported")],
        role_match={"requirements": [requirement], "found_count": 1, "checked_count": 1},
        practice=[practice],
        answers=[review(language)],
    )


def review_request(language: str, **changes: Any) -> dict[str, Any]:
    """What a candidate asked a person to look at."""
    return {
        "id": identifier(95),
        "state": "requested",
        "text": word(
            language,
            "대안도 이야기했는데 빠진 내용으로 나와요. 다시 봐 주세요.",
            "I did name an alternative, and the report says that I did not. Please look again.",
        ),
        "shares_transcript": True,
        "requested_at": NOW,
        "withdrawn_at": None,
        "read_at": [],
        "answer": None,
        **changes,
    }


def withdrawn_depth(language: str) -> dict[str, Any]:
    """What a review that withdrew one score makes of a report."""
    given = {"score": 74.0, "uncertainty": 5.0}
    withdrawn = [{"key": "technical_depth", "title": word(language, *DEPTH), **given}]
    answer = {
        "outcome": "corrected",
        "text": word(
            language,
            "답변에 대안이 있었어요. 이 점수는 거둘게요.",
            "Your answer does name an alternative. This score is withdrawn.",
        ),
        "withdrawn_scores": withdrawn,
        "at": NOW,
    }
    without = {"uncertainty": None, "not_scored_reason": "withdrawn_after_review", "superseded": given | {"at": NOW}}
    first, *others = judged(language)["competencies"]
    return {
        "competencies": [first | without | {"score": None}, *others],
        "overall_score": 69.5,
        "superseded_overall": 71.0,
        "reviews": [review_request(language, state="answered", read_at=[NOW], answer=answer)],
    }
