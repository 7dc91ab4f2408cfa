"""The room in writing: from the first question's preparation to the end."""

from typing import Any

from playwright.sync_api import Page

from tests.pages.interviews import clock, interview_detail, question, turn
from tests.pages.page_server import Answers, Event, Reply, Stream
from tests.pages.people import identifier, refusal, signed_in
from tests.pages.state import State, word

INTERVIEW = identifier(31)
PATH = f"/interviews/{INTERVIEW}"
LATER = "2026-11-21T04:00:35Z"


def room(language: str, *events: Event, **changes: Any) -> Answers:
    """The answers of a room whose interview is as `changes` say, and then what its stream tells."""
    detail = interview_detail(language, **changes)
    following = (Event("snapshot", detail, "InterviewDetail"), *events)
    first = f"{PATH}/questions/{identifier(52)}"
    return signed_in(language) | {
        f"GET {PATH}": detail,
        f"GET {PATH}/events": Stream(following),
        f"GET {first}/speech": refusal(404, "NOT_FOUND"),
        f"GET {first}/transcript": _no_transcript(),
        f"PUT {PATH}/draft": Reply(204),
    }


def _no_transcript() -> dict[str, Any]:
    return {
        "state": "none",
        "take": None,
        "text": "",
        "segments": [],
        "missing": [],
        "is_too_poor": False,
        "poor_reason": None,
        "end_reason": None,
        "error_code": None,
    }


def _waiting(language: str, *events: Event, position: int = 3, **changes: Any) -> Answers:
    turns = [turn(language, number, is_answered=True) for number in range(1, position)]
    return room(
        language,
        *events,
        turns=turns,
        answered_count=len(turns),
        pending_question={"position": position, "state": "preparing"},
        **changes,
    )


def _streaming(language: str) -> Answers:
    text = question(language, 3)["text"]
    started = Event("question.started", {"position": 3})
    return _waiting(language, started, Event("question.token", {"position": 3, "text": text[: len(text) // 2]}))


def _lost(language: str) -> Answers:
    return room(language) | {f"GET {PATH}/events": refusal(503, "SERVICE_UNAVAILABLE")}


def _follow_up(language: str) -> Answers:
    asked = question(
        language,
        3,
        is_follow_up=True,
        probe=1,
        reason=word(
            language,
            "캐시를 두셨다고 해서, 원본과 어긋날 때를 더 듣고 싶어요.",
            "You mentioned a cache, so we ask about the times when it was wrong.",
        ),
        follow_up={
            "reason": "interesting",
            "target": "Redis",
            "quote": word(language, "그래서 Redis 캐시를 두었습니다", "so I put a Redis cache in front of it"),
            "against": None,
            "decided_by": "rules",
        },
    )
    hint = word(language, "만료 시간과 갱신 순서를 나누어 떠올려 보세요.", "Think of expiry and order of writes apart.")
    return room(
        language,
        turns=[
            turn(language, 1, is_answered=True),
            turn(language, 2, is_answered=True),
            turn(language, 3, question=asked, hints=[hint]),
        ],
        answered_count=2,
    ) | {
        f"GET {PATH}/questions/{identifier(53)}/speech": refusal(404, "NOT_FOUND"),
        f"GET {PATH}/questions/{identifier(53)}/transcript": _no_transcript(),
    }


def _later(page: Page, language: str) -> None:
    """Half a minute passes after the page has begun to wait."""
    page.get_by_text(word(language, "준비하고 있어요", "Preparing the next question")).wait_for()
    _pass_time(page)


def _later_in_the_room(page: Page, language: str) -> None:
    page.get_by_role("heading", level=1).wait_for()
    _pass_time(page)


def _pass_time(page: Page) -> None:
    page.clock.set_fixed_time(LATER)
    # Until the page looks at its clock again.
    page.clock.run_for(1000)


def _open_why(page: Page, language: str) -> None:
    page.get_by_text(word(language, "왜 이 질문인가요?", "Why this question?")).click()


def _leave(page: Page, language: str) -> None:
    page.get_by_role("button", name=word(language, "면접 마치기", "Finish interview")).click()


def _over(language: str) -> Answers:
    turns = [turn(language, 1, is_answered=True), turn(language, 2, is_answered=True)]
    return room(
        language,
        status="finished",
        finish_reason="candidate",
        finished_at="2026-11-21T04:20:00Z",
        turns=turns,
        answered_count=2,
        clock=clock(is_running=False),
    )


def _timed(name: str, left_s: float, texts: tuple[str, str]) -> State:
    return State(name, PATH, lambda language: room(language, clock=clock(left_s)), texts)


STATES = [
    State(
        "room-preparing",
        PATH,
        lambda language: _waiting(language, position=1, topics=[]),
        ("첫 질문을 준비하고 있어요", "Preparing the first question"),
    ),
    State("room-preparing-long", PATH, _waiting, ("더 기다리기", "Keep waiting"), _later),
    State("room-asking", PATH, _streaming, ("질문을 쓰고 있어요", "The question is being written")),
    State("room-question", PATH, room, ("내 답변", "Your answer"), _open_why),
    State("room-follow-up", PATH, _follow_up, ("꼬리 질문", "Follow-up")),
    State(
        "room-thinking",
        PATH,
        lambda language: room(language, clock=clock(is_running=False, resumes_at="2026-11-21T06:00:00Z")),
        ("지금은 시간이 멈춰 있어요", "time stands still"),
    ),
    State("room-reconnecting", PATH, _lost, ("다시 연결하고 있어요", "reconnecting"), _later_in_the_room),
    _timed("room-time-soon", 299, ("5분쯤", "About five minutes")),
    _timed("room-time-last", 59, ("1분쯤", "About a minute")),
    State(
        "room-paused",
        PATH,
        lambda language: room(language, clock=clock(is_running=False, is_paused=True)),
        ("잠시 멈췄어요", "Paused"),
    ),
    State(
        "room-question-failed",
        PATH,
        lambda language: _waiting(language) | _failed(language),
        ("다음 질문을 만들지 못했어요", "The next question could not be written"),
    ),
    State("room-leaving", PATH, room, ("면접을 마칠까요?", "Finish the interview?"), _leave),
    State("room-ended", PATH, _over, ("리포트 보기", "Open report")),
]


def _failed(language: str) -> Answers:
    turns = [turn(language, 1, is_answered=True), turn(language, 2, is_answered=True)]
    failed = interview_detail(
        language, turns=turns, answered_count=2, pending_question={"position": 3, "state": "failed"}
    )
    return {
        f"GET {PATH}": failed,
        f"GET {PATH}/events": Stream((Event("snapshot", failed, "InterviewDetail"),)),
    }
