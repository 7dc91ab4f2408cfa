"""A report: being written, without a model, with a part that failed, and whole."""

from typing import Any

from tests.pages.interviews import answer, interview_detail, turn
from tests.pages.page_server import Answers, Event, Stream
from tests.pages.people import NOW, identifier, signed_in
from tests.pages.state import State, word

INTERVIEW = identifier(31)
PATH = f"/interviews/{INTERVIEW}/report"
RUBRIC = {"rubric": "general-1", "prompt": "judge-3", "model": "EXAONE 3.5 7.8B", "code": "0.1.0"}


def _quote(language: str) -> str:
    return word(language, "느린 요청의 로그를 모아 보니", "I collected the logs of slow requests")


def _evidence(language: str) -> dict[str, Any]:
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


def _competency(language: str, key: str, title: tuple[str, str], score: float | None) -> dict[str, Any]:
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
        "evidence": [] if score is None else [_evidence(language)],
    }


def _review(language: str, **changes: Any) -> dict[str, Any]:
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
        "covered": [{"text": found, "evidence": _evidence(language)}],
        "missed": [word(language, "비교한 대안", "Alternatives considered")],
        "star": [
            {"part": "situation", "evidence": None},
            {"part": "task", "evidence": None},
            {"part": "action", "evidence": _evidence(language)},
            {"part": "result", "evidence": None},
        ],
        "points": [],
        "competencies": [],
        "improved_answer": None,
        "improved_answer_dropped": "new_figure",
        "removed_statements": 0,
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


def _failed_review(language: str) -> dict[str, Any]:
    return _review(
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


def _claim(language: str, verdict: str) -> dict[str, Any]:
    return {
        "claim_id": identifier(90),
        "kind": "achievement",
        "about": word(language, "라온커머스", "Harbour Commerce"),
        "text": word(language, "주문 조회 p99 지연 40% 감소", "cut p99 latency of order lookup by 40%"),
        "verdict": verdict,
        "evidence": _evidence(language) if verdict == "supported" else None,
        "question_ids": [identifier(52)],
    }


def _report(language: str, **changes: Any) -> dict[str, Any]:
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
        "answer_count": 2,
        "summary": None,
        "strengths": [],
        "improvements": [],
        "competencies": [],
        "claims": [],
        "role_match": None,
        "practice": [],
        "answers": [],
        "turns": [turn(language, 1, is_answered=True), turn(language, 2, is_answered=True)],
        "is_calibrated": False,
        "calibrations": [],
        "removed_statements": 0,
        "instruction_count": 0,
        "versions": RUBRIC,
        "created_at": NOW,
        "finished_at": NOW,
        **changes,
    }


def _judged(language: str) -> dict[str, Any]:
    return {
        "summary": word(
            language,
            "문제를 숫자와 로그로 풀어 가는 모습이 잘 드러났어요. 다른 방법과 견준 이야기를 더하면 더 좋아요.",
            "You solve problems with figures and logs, and it shows. Say next time what you weighed it against.",
        ),
        "strengths": [word(language, "로그로 원인부터 확인했어요.", "You looked for the cause in the logs first.")],
        "competencies": [
            _competency(language, "technical_depth", ("기술 깊이", "Technical depth"), 74.0),
            _competency(language, "problem_solving", ("문제 해결", "Problem solving"), 68.0),
            _competency(language, "communication", ("전달력", "Communication"), 71.0),
            _competency(language, "collaboration", ("협업", "Collaboration"), None),
        ],
    }


def _whole(language: str) -> dict[str, Any]:
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
    return _report(
        language,
        **_judged(language),
        overall_score=71.0,
        uncertainty=4.0,
        claims=[_claim(language, "supported")],
        role_match={"requirements": [requirement], "found_count": 1, "checked_count": 1},
        practice=[practice],
        answers=[_review(language)],
    )


def _answers(report: dict[str, Any], language: str) -> Answers:
    interview = interview_detail(
        language,
        status="finished",
        finish_reason="candidate",
        finished_at=NOW,
        answered_count=2,
        turns=report["turns"],
        report_status=report["status"],
    )
    return signed_in(language) | {
        f"GET {PATH}": report,
        f"GET /interviews/{INTERVIEW}": interview,
        f"GET /interviews/{INTERVIEW}/events": Stream((Event("snapshot", interview, "InterviewDetail"),)),
        f"GET /interviews/{INTERVIEW}/delivery": {
            "is_scored": False,
            "baseline": None,
            "overall": None,
            "answers": [],
            "picture": None,
            "no_picture": "not_allowed",
        },
    }


def _running(language: str) -> Answers:
    running = {"status": "running", "percent": 60, "finished_at": None, "answers": [_review(language)]}
    return _answers(_report(language, **_judged(language) | {"summary": None, "strengths": []} | running), language)


def _without_model(language: str) -> Answers:
    plain = {"not_scored_reason": "no_model", "can_retry": True, "versions": RUBRIC | {"model": None, "prompt": None}}
    return _answers(_report(language, **plain), language)


def _partly_failed(language: str) -> Answers:
    report = _whole(language) | {"answers": [_failed_review(language)], "can_retry": True}
    return _answers(report, language)


STATES = [
    State("report-running", PATH, _running, ("리포트를 쓰고 있어요", "The report is being written")),
    State("report-no-model", PATH, _without_model, ("이 면접은 채점하지 않았어요", "This interview was not scored")),
    State("report-part-failed", PATH, _partly_failed, ("다시 채점", "Score it again")),
    State(
        "report-failed",
        PATH,
        lambda language: _answers(_report(language, status="failed", percent=40, finished_at=None), language),
        ("리포트를 만들지 못했어요", "The report could not be written"),
    ),
    State("report-ready", PATH, lambda language: _answers(_whole(language), language), ("71", "71")),
]
