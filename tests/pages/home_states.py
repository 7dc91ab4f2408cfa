"""Home, settings, learning paths."""

from typing import Any

from playwright.sync_api import Page

from tests.pages.interviews import interview, interview_detail, resume_row
from tests.pages.page_server import Answers, Event, Stream
from tests.pages.people import NOW, identifier, signed_in
from tests.pages.state import State, word


def _list(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "total": len(items)}


def _home(language: str, resumes: list[dict[str, Any]], interviews: list[dict[str, Any]]) -> Answers:
    return signed_in(language) | {
        "GET /resumes": _list(*resumes),
        "GET /interviews": _list(*interviews),
        "GET /learning-paths": _list(),
        "GET /progress": {"series": [], "unscored_count": 0},
    }


def _running(language: str) -> Answers:
    read = resume_row(language, 2, status="running", step="profile", percent=62, pages=None)
    waiting = interview(language, 2, status="finished", report_status="running", answered_count=5, finished_at=NOW)
    detail = read | {"profile": None, "corrected_fields": [], "hidden_text_spans": 0, "hidden_text": {}}
    return _home(language, [read, resume_row(language, 1)], [waiting]) | {
        f"GET /resumes/{read['id']}": detail,
        f"GET /resumes/{read['id']}/events": Stream((Event("snapshot", read, "Resume"),)),
    }


def _going_on(language: str) -> Answers:
    begun = interview(language, 3, answered_count=2)
    detail = interview_detail(language, id=begun["id"], answered_count=2)
    return _home(language, [resume_row(language, 1)], [begun]) | {f"GET /interviews/{begun['id']}": detail}


def _failed(language: str) -> Answers:
    broken = resume_row(language, 3, status="failed", step="parse", percent=25, error={"code": "encrypted"}, pages=None)
    without = interview(language, 2, status="finished", report_status="failed", answered_count=5, finished_at=NOW)
    return _home(language, [broken], [without])


def _point(language: str, number: int, day: int, score: float, uncertainty: float) -> dict[str, Any]:
    return {
        "interview_id": identifier(40 + number),
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "company": None,
        "scenario_title": word(language, "짧은 면접", "Short interview"),
        "finished_at": f"2026-11-{day:02d}T04:00:00Z",
        "overall": {"score": score, "uncertainty": uncertainty},
    }


def _with_progress(language: str) -> Answers:
    done = {"status": "finished", "report_status": "ready", "answered_count": 5, "finished_at": NOW}
    rows = [interview(language, number, **done) for number in (4, 5, 6)]
    judge = {"rubric": "general-1", "prompt": "judge-3", "model": "EXAONE 3.5 7.8B"}
    points = [_point(language, n, day, score, 4.0) for n, day, score in ((1, 3, 58.0), (2, 11, 64.0), (3, 20, 71.0))]
    return _home(language, [resume_row(language, 1)], rows) | {
        "GET /progress": {"series": [{"judge": judge, "points": points}], "unscored_count": 1},
        "GET /learning-paths": _list(_path(language, status="ready")),
    }


def _path(language: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(60),
        "resume_id": identifier(21),
        "interview_id": identifier(31),
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "language": language,
        "status": "ready",
        "percent": 100,
        "error_code": None,
        "answered_by": {
            "provider": "llama.cpp",
            "model": "EXAONE 3.5 7.8B",
            "prompt_version": "learning-1",
            "is_fallback": False,
            "fallback_reason": None,
            "took_ms": 8200,
        },
        "created_at": NOW,
        "finished_at": NOW,
        **changes,
    }


def _item(language: str, position: int, **changes: Any) -> dict[str, Any]:
    redis = {
        "id": "redis.docs",
        "title": "Redis Documentation",
        "url": "https://redis.io/docs/latest/",
        "language": "en",
        "kind": "documentation",
        "access": "free",
        "licence": None,
        "checked_on": "2026-11-02",
    }
    return {
        "id": identifier(70 + position),
        "position": position,
        "type": "strength",
        "topic": "redis",
        "title": word(language, "Redis, 한 걸음 더", "Redis, one step further"),
        "description": word(
            language,
            "캐시를 무효화하는 시점을 정해 보고, 원본과 어긋나는 동안 무엇이 보이는지 적어 보세요.",
            "Decide when a cache entry becomes invalid, and write down what readers see until then.",
        ),
        "reason": word(
            language, "이력서에 Redis를 써 본 경험이 적혀 있어요.", "Your résumé says that you have used Redis."
        ),
        "evidence": {
            "source": "resume",
            "quote": word(language, "Redis 캐시로 p99 지연 40% 감소", "cut p99 latency by 40 % with a Redis cache"),
            "field": None,
            "question_id": None,
        },
        "link": redis,
        "resources": [],
        "is_by_model": True,
        "done_at": None,
        **changes,
    }


def _weakness(language: str) -> dict[str, Any]:
    said = word(language, "모니터링은 따로 보지 않았습니다.", "We did not look at monitoring as such.")
    return _item(
        language,
        2,
        type="weakness",
        topic="observability",
        title=word(language, "문제를 먼저 알아차리기", "Noticing trouble first"),
        reason=word(language, "답변에서 모니터링 이야기가 빠져 있었어요.", "Monitoring was missing from your answer."),
        evidence={"source": "report", "quote": said, "field": None, "question_id": identifier(52)},
        is_by_model=False,
        done_at=NOW,
    )


def _learning(language: str, **changes: Any) -> Answers:
    path = _path(language, **changes)
    items = [_item(language, 1), _weakness(language)] if path["status"] == "ready" else []
    detail = path | {"job_description": None, "catalogue_version": "3", "items": items}
    return signed_in(language) | {
        "GET /learning-paths": _list(path),
        f"GET /learning-paths/{path['id']}": detail,
        f"GET /learning-paths/{path['id']}/events": Stream((Event("snapshot", detail, "LearningPathDetail"),)),
    }


def _no_learning(language: str) -> Answers:
    return _home(language, [resume_row(language, 1)], [])


def _open_row_menu(page: Page, language: str) -> None:
    page.get_by_role("button", name=word(language, "면접 삭제", "Delete interview")).last.click()


STATES = [
    State(
        "home-empty",
        "/home",
        lambda language: _home(language, [], []),
        ("이력서부터 올려 볼까요", "Start with your résumé"),
    ),
    State("home-running", "/home", _running, ("3/4", "step 3 of 4")),
    State("home-in-progress", "/home", _going_on, ("진행 중인", "You have an interview in progress")),
    State("home-failed", "/home", _failed, ("비밀번호로 잠긴", "The file is locked with a password.")),
    State("home-progress", "/home", _with_progress, ("점수가 없는 면접 1개는", "One interview without a score")),
    State("home-row-menu", "/home", _failed, ("면접 삭제", "Delete interview"), _open_row_menu),
    State("learning-none", "/learning", _no_learning, ("아직 학습 경로가 없어요", "You have no learning path yet")),
    State(
        "learning-running",
        "/learning",
        lambda language: _learning(language, status="running", percent=45, finished_at=None, answered_by=None),
        ("45%", "45% done"),
    ),
    State(
        "learning-failed",
        "/learning",
        lambda language: _learning(
            language, status="failed", percent=45, finished_at=None, answered_by=None, error_code="expired"
        ),
        ("학습 경로를 만들지 못했어요", "The learning path could not be written"),
    ),
    State("learning-ready", "/learning", _learning, ("2개 가운데 1개", "1 of 2 done")),
    State("settings", "/settings", signed_in, ("새 비밀번호", "New password")),
]
