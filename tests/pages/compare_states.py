"""Two interviews beside each other: what got better, and where scores must not be compared."""

from typing import Any

from tests.pages.interviews import interview, question
from tests.pages.page_server import Answers
from tests.pages.people import NOW, identifier, signed_in
from tests.pages.reports import DEPTH
from tests.pages.state import State, word

PATH = "/reports/compare"
JUDGE = {"rubric": "general-1", "prompt": "judge-3", "model": "EXAONE 3.5 7.8B"}


def _interviews(language: str, count: int) -> Answers:
    done = {"status": "finished", "report_status": "ready", "answered_count": 5, "finished_at": NOW}
    rows = [interview(language, number, **done) for number in range(4, 4 + count)]
    return signed_in(language) | {"GET /interviews": {"items": rows, "total": count}}


def _side(language: str, number: int, **judge: str) -> dict[str, Any]:
    return {
        "interview_id": identifier(30 + number),
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "company": word(language, "라온커머스", "Harbour Commerce"),
        "scenario_title": word(language, "짧은 면접", "Short interview"),
        "finished_at": NOW,
        "is_scored": True,
        "judge": JUDGE | judge,
    }


def _score(score: float) -> dict[str, Any]:
    return {"score": score, "uncertainty": 4.0}


def _difference(points: float, change: str) -> dict[str, Any]:
    return {"points": points, "uncertainty": 5.7, "change": change}


def _competency(
    language: str, key: str, title: tuple[str, str], a: float, b: float | None, change: str
) -> dict[str, Any]:
    return {
        "key": key,
        "title": word(language, *title),
        "a": _score(a),
        "b": None if b is None else _score(b),
        "difference": None if b is None else _difference(b - a, change),
        "comment_a": word(language, "무엇을 했는지 말했어요.", "You said what you did."),
        "comment_b": None if b is None else word(language, "이유까지 말했어요.", "You said why as well."),
    }


def _pair(language: str) -> dict[str, Any]:
    asked = question(language, 2)
    side = {"position": 2, "text": asked["text"]}
    return {
        "a": side | {"question_id": identifier(52)},
        "b": side | {"question_id": identifier(57)},
        "is_same": True,
        "is_judged": True,
        "newly_covered": [word(language, "병목을 찾은 방법", "How the bottleneck was found")],
        "no_longer_covered": [],
        "missed_in_both": [word(language, "비교한 대안", "Alternatives considered")],
    }


def _compared(language: str) -> Answers:
    competencies = [
        _competency(language, "technical_depth", DEPTH, 62.0, 74.0, "better"),
        _competency(language, "problem_solving", ("문제 해결", "Problem solving"), 66.0, 68.0, "within_uncertainty"),
        _competency(language, "communication", ("전달력", "Communication"), 78.0, 70.0, "worse"),
        _competency(language, "collaboration", ("협업", "Collaboration"), 60.0, None, ""),
    ]
    return _interviews(language, 2) | {
        "GET /reports/comparison": {
            "a": _side(language, 5),
            "b": _side(language, 4),
            "obstacles": [],
            "overall": _difference(7.0, "better"),
            "overall_a": _score(64.0),
            "overall_b": _score(71.0),
            "competencies": competencies,
            "questions": [_pair(language)],
        }
    }


def _other_judge(language: str) -> Answers:
    one, other = "Qwen2.5 3B", JUDGE["model"]
    return _interviews(language, 2) | {
        "GET /reports/comparison": {
            "a": _side(language, 5, model=one),
            "b": _side(language, 4),
            "obstacles": [{"code": "model_differs", "a": one, "b": other}],
            "overall": None,
            "overall_a": None,
            "overall_b": None,
            "competencies": [],
            "questions": [],
        }
    }


STATES = [
    State("compare", PATH, _compared, ("나아졌어요", "Better")),
    State("compare-other-judge", PATH, _other_judge, ("Qwen2.5 3B", "Qwen2.5 3B")),
    State(
        "compare-too-few",
        PATH,
        lambda language: _interviews(language, 1),
        ("준비된 면접이 둘 이상이면", "Two interviews with a finished report"),
    ),
]
