"""The room's commands over HTTP: clock, pause, hints, two tabs, and any order of requests."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, col, select

from interview_core.db.interviews import load_state
from interview_core.db.tables import Answer, Interview, InterviewEvent, Job, PreparedQuestion, Report, Resume
from interview_core.interview_state import TimeRules
from interview_core.settings import JobSettings
from interview_core.streams import EventWriter
from interview_core.sweeping import sweep
from tests.api.conftest import Person, Server, error_code, make_signed_in
from tests.api.test_interviews import INTERVIEWS, answer, ask_next, body_for, create, post, read, resume, untimed
from tests.factories import make_interview

__all__ = ["resume"]


def turn_of(interview: dict[str, Any]) -> dict[str, Any]:
    turn: dict[str, Any] = interview["turns"][-1]
    return turn


def say(client: TestClient, person: Person, interview: dict[str, Any], action: str, **more: Any) -> httpx.Response:
    return post(client, person, interview["id"], action, question_id=turn_of(interview)["question"]["id"], **more)


def test_a_pause_stops_the_clock_and_an_answer_waits_for_its_end(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    interview = create(client, candidate, resume)
    assert (interview["clock"]["is_running"], interview["clock"]["is_paused"]) == (True, False)

    paused = post(client, candidate, interview["id"], "pause")
    assert paused.status_code == 202
    assert (paused.json()["clock"]["is_running"], paused.json()["clock"]["is_paused"]) == (False, True)
    assert untimed(post(client, candidate, interview["id"], "pause")) == untimed(paused)
    refused = answer(client, candidate, interview, "먼저 보낸 답변")
    assert (refused.status_code, error_code(refused)) == (409, "INTERVIEW_PAUSED")
    assert session.exec(select(Answer)).all() == []
    later = read(client, candidate, interview["id"])["clock"]
    assert later["used_s"] == paused.json()["clock"]["used_s"]

    assert post(client, candidate, interview["id"], "resume").json()["clock"]["is_running"] is True
    assert answer(client, candidate, interview, "먼저 보낸 답변").status_code == 202


def test_hints_are_parts_of_a_good_answer_one_by_one(client: TestClient, candidate: Person, resume: Resume) -> None:
    interview = create(client, candidate, resume)
    assert (turn_of(interview)["hints"], turn_of(interview)["question"]["hint_count"]) == ([], 3)
    given = [turn_of(say(client, candidate, interview, "hint").json()) for _ in range(4)]
    assert [len(turn["hints"]) for turn in given] == [1, 2, 3, 3]
    assert given[0]["hints"] == ["지금 맡은 역할"]


def test_a_moment_to_think_stops_the_clock_twice(client: TestClient, candidate: Person, resume: Resume) -> None:
    interview = create(client, candidate, resume)
    first = say(client, candidate, interview, "moment").json()
    assert (first["clock"]["is_running"], turn_of(first)["moments_left"]) == (False, 1)
    until = datetime.fromisoformat(first["clock"]["resumes_at"]) - datetime.fromisoformat(first["clock"]["at"])
    assert 25 < until.total_seconds() <= 30
    say(client, candidate, interview, "moment")
    third = say(client, candidate, interview, "moment").json()
    assert (turn_of(third)["moments_left"], third["sequence"]) == (0, first["sequence"] + 1)


def test_asking_again_for_the_question_changes_nothing_but_the_record(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    interview = create(client, candidate, resume)
    again = say(client, candidate, interview, "repeat").json()
    assert again["turns"] == interview["turns"]
    assert again["sequence"] == interview["sequence"] + 1


@pytest.mark.parametrize("action", ["repeat", "hint", "moment", "skip"])
def test_a_command_for_another_question_is_refused(
    client: TestClient, candidate: Person, resume: Resume, session: Session, action: str
) -> None:
    interview = create(client, candidate, resume)
    answer(client, candidate, interview, "자기소개입니다.")
    refused = say(client, candidate, interview, action)
    assert (refused.status_code, error_code(refused)) == (409, "QUESTION_ALREADY_ANSWERED")
    unknown = post(client, candidate, interview["id"], action, question_id=interview["id"])
    assert (unknown.status_code, error_code(unknown)) == (409, "NOT_CURRENT_QUESTION")


@pytest.mark.parametrize("action", ["repeat", "hint", "moment", "skip", "pause", "resume"])
def test_nothing_but_finishing_again_is_possible_after_the_end(
    client: TestClient, candidate: Person, resume: Resume, action: str
) -> None:
    interview = create(client, candidate, resume)
    post(client, candidate, interview["id"], "finish")
    whole = action in ("pause", "resume")
    late = post(client, candidate, interview["id"], action) if whole else say(client, candidate, interview, action)
    assert (late.status_code, error_code(late)) == (409, "INTERVIEW_FINISHED")


def test_of_two_tabs_one_wins_and_the_other_is_told_the_present_state(server: Server, session: Session) -> None:
    person = make_signed_in(server.resources)
    interview = make_interview(session, person.row)
    question_id = str(load_state(session, interview.id).asked[1])
    url, sequence = f"{server.url}{INTERVIEWS}/{interview.id}/answers", interview.sequence
    session.rollback()  # a transaction that waits for others for ten seconds is ended by the database

    def send(number: int) -> httpx.Response:
        body = {"question_id": question_id, "text": f"탭 {number}의 답변", "sequence": sequence}
        return httpx.post(url, json=body, headers=person.headers, timeout=30)

    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(send, range(8)))
    codes = sorted(response.json().get("error_code", "taken") for response in responses)
    assert codes.count("taken") == 1
    assert set(codes) <= {"taken", "QUESTION_PENDING", "QUESTION_ALREADY_ANSWERED"}
    assert len(session.exec(select(Answer)).all()) == 1
    assert len(session.exec(select(Job).where(Job.task == "interview.next_question")).all()) == 1


@pytest.mark.parametrize("action", ["pause", "finish"])
def test_a_late_timer_changes_nothing(
    client: TestClient, candidate: Person, resume: Resume, session: Session, action: str
) -> None:
    interview = create(client, candidate, resume)
    answer(client, candidate, interview, "자기소개입니다.")
    ask_next(session, interview["id"])
    late = post(client, candidate, interview["id"], action, sequence=interview["sequence"])
    assert (late.status_code, error_code(late)) == (409, "INTERVIEW_CHANGED")
    now = read(client, candidate, interview["id"])
    assert (now["status"], now["clock"]["is_paused"]) == ("in_progress", False)
    assert post(client, candidate, interview["id"], action, sequence=now["sequence"]).status_code == 202


def test_topics_that_the_job_description_adds_are_shown_with_its_words_and_stored_as_events(
    client: TestClient, candidate: Person, resume: Resume, session: Session
) -> None:
    interview = create(client, candidate, resume, job_description="주도적으로 일하고 계속 배우는 분을 찾습니다.")
    added = [
        (topic["stage"], topic["added_for"], topic["state"]) for topic in interview["topics"] if topic["added_for"]
    ]
    assert added == [("responsibility", "주도적", "open"), ("growth", "배우는", "open")]
    assert (len(interview["topics"]), interview["question_count"]) == (7, 7)
    events = session.exec(
        select(InterviewEvent.payload)
        .where(InterviewEvent.interview_id == UUID(interview["id"]), InterviewEvent.kind == "slot_added")
        .order_by(col(InterviewEvent.sequence))
    ).all()
    assert [(event["slot"], event["words"], event["reason"]) for event in events] == [
        (4, "주도적", "job_description"),
        (5, "배우는", "job_description"),
    ]


def test_an_interview_may_be_cut_to_length_difficulty_and_needs(
    client: TestClient, candidate: Person, resume: Resume
) -> None:
    interview = create(
        client,
        candidate,
        resume,
        scenario_id="standard",
        plan={"question_count": 3},
        difficulty="hard",
        time_limit_minutes=10,
        accommodations={"extra_time": 2, "longer_pauses": True, "captions": True},
    )
    assert [topic["state"] for topic in interview["topics"]] == ["current", "open", "open"]
    assert (interview["question_count"], interview["difficulty"]) == (3, "hard")
    assert interview["clock"]["limit_s"] == 1200
    assert interview["accommodations"] == {
        "extra_time": 2, "longer_pauses": True, "text_only": False, "captions": True, "no_camera": False,
        "breaks": False,
    }  # fmt: skip
    assert interview["turn_taking"] == {"min_silence_ms": 3000, "max_silence_ms": 12000}
    plain = create(client, candidate, resume)
    assert plain["turn_taking"] == {"min_silence_ms": 1500, "max_silence_ms": 6000}
    assert plain["clock"]["topic_left_s"] == pytest.approx(120, abs=2)
    assert interview["clock"]["topic_left_s"] == pytest.approx(240, abs=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"plan": {"question_count": 0}},
        {"plan": {"question_count": 16}},
        {"plan": {"minutes": 2}},
        {"plan": {"stages": []}},
        {"plan": {"slots": ["introduction"]}},
        {"difficulty": "brutal"},
        {"time_limit_minutes": 1},
        {"time_limit_minutes": 241},
        {"accommodations": {"extra_time": 0.5}},
        {"accommodations": {"extra_time": "NaN"}},
        {"accommodations": {"better_score": True}},
    ],
    ids=str,
)
def test_a_wish_that_cannot_be_met_is_refused(
    client: TestClient, candidate: Person, resume: Resume, changed: dict[str, Any]
) -> None:
    response = client.post(INTERVIEWS, json=body_for(resume, **changed), headers=candidate.headers)
    assert (response.status_code, error_code(response)) == (422, "VALIDATION_FAILED")


def let_time_pass(session: Session, interview_id: Any, seconds: float) -> None:
    """As if all that happened had happened so much earlier."""
    values = {"id": str(interview_id), "seconds": seconds}
    session.execute(
        text("UPDATE interview_event SET at = at - make_interval(secs => :seconds) WHERE interview_id = :id"), values
    )
    session.execute(
        text("UPDATE interview SET ends_at = ends_at - make_interval(secs => :seconds) WHERE id = :id"), values
    )
    session.commit()


def test_an_answer_in_the_making_when_the_time_ends_counts_and_is_the_last(
    client: TestClient, candidate: Person, session: Session
) -> None:
    row = make_interview(session, candidate.row, time=TimeRules(limit_s=100, grace_s=60, pause_limit_s=600))
    let_time_pass(session, row.id, 120)
    interview = read(client, candidate, row.id)
    assert (interview["status"], interview["clock"]["warning"]) == ("in_progress", "over")
    assert interview["clock"]["left_s"] < 0
    ended = answer(client, candidate, interview, "늦었지만 끝까지 쓴 답변입니다.").json()
    assert (ended["status"], ended["finish_reason"], ended["answered_count"]) == ("finished", "time_up", 1)
    assert ended["turns"][0]["answer"]["text"] == "늦었지만 끝까지 쓴 답변입니다."


@pytest.mark.parametrize("action", ["hint", "pause"])
def test_an_overdue_interview_ends_at_the_next_command(
    client: TestClient, candidate: Person, session: Session, action: str
) -> None:
    row = make_interview(session, candidate.row, time=TimeRules(limit_s=100, grace_s=60, pause_limit_s=600))
    let_time_pass(session, row.id, 161)
    interview = read(client, candidate, row.id)
    refused = say(client, candidate, interview, action) if action == "hint" else post(client, candidate, row.id, action)
    assert (refused.status_code, error_code(refused)) == (409, "INTERVIEW_FINISHED")
    after = read(client, candidate, row.id)
    assert (after["status"], after["finish_reason"], after["report_status"]) == ("finished", "time_up", "pending")


@pytest.mark.parametrize(("is_paused", "reason"), [(False, "time_up"), (True, "abandoned")])
def test_the_sweeper_ends_an_interview_to_which_nobody_came_back(
    client: TestClient,
    candidate: Person,
    session: Session,
    sessions: sessionmaker[Session],
    events: EventWriter,
    is_paused: bool,
    reason: str,
) -> None:
    row = make_interview(session, candidate.row, time=TimeRules(limit_s=100, grace_s=60, pause_limit_s=600))
    if is_paused:
        post(client, candidate, row.id, "pause")
    let_time_pass(session, row.id, 590 if is_paused else 150)
    assert sweep(sessions, events, JobSettings()).ended == 0
    let_time_pass(session, row.id, 11)
    with ThreadPoolExecutor(3) as pool:
        assert sum(swept.ended for swept in pool.map(lambda _: sweep(sessions, events, JobSettings()), range(3))) == 1
    after = read(client, candidate, row.id)
    assert (after["status"], after["finish_reason"]) == ("finished", reason)
    assert session.exec(select(Report)).one()
    assert len(session.exec(select(Job).where(Job.task == "report.write")).all()) == 1


def test_what_was_prepared_goes_with_the_interview(client: TestClient, candidate: Person, session: Session) -> None:
    row = make_interview(session, candidate.row)
    session.add(PreparedQuestion(interview_id=row.id, slot=1, after_position=1, content={}))
    session.commit()
    post(client, candidate, row.id, "finish")
    assert session.exec(select(PreparedQuestion)).all() == []
    assert session.exec(select(Interview.ends_at)).one() is None


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_requests_keeps_the_interview_whole(
    client: TestClient, candidate: Person, session: Session, seed: int
) -> None:
    """Answers, skips, repeats, late answers and finishes in random order; the plan advances once per question."""
    chance = random.Random(seed)
    interview = make_interview(session, candidate.row)
    for _ in range(60):
        state = read(client, candidate, interview.id)
        question_id = chance.choice(state["turns"])["question"]["id"]
        action = chance.choices(
            ["answers", "skip", "finish", "pause", "resume", "hint", "moment", "repeat", "ask"],
            [6, 2, 0.2, 0.5, 1, 1, 1, 1, 4],
        )[0]
        if action == "ask":
            ask_next(session, interview.id)
        elif action in ("finish", "pause", "resume"):
            expected = (202,) if action == "finish" else (202, 409)
            assert post(client, candidate, interview.id, action).status_code in expected
        else:
            words = {"text": f"answer {chance.randrange(3)}"} if action == "answers" else {}
            response = post(client, candidate, interview.id, action, question_id=question_id, **words)
            assert response.status_code in (202, 409)
        after = read(client, candidate, interview.id)
        answered = [turn for turn in after["turns"] if turn["answer"]]
        assert [turn["question"]["position"] for turn in after["turns"]] == list(range(1, len(after["turns"]) + 1))
        assert after["answered_count"] == len(answered) <= after["question_count"]
        assert len(after["turns"]) <= 5
        assert after["sequence"] >= state["sequence"]
        assert (after["status"] == "finished") == (after["report_status"] != "none")


@pytest.mark.parametrize(
    ("words", "act", "kind"),
    [
        ("다시 말씀해 주세요", "repeat", "question_repeated"),
        ("힌트 좀 주실 수 있을까요?", "hint", "hint_given"),
        ("잠깐만 생각할 시간을 주세요", "moment", "moment_taken"),
        ("시간이 얼마나 남았나요?", "time", "time_told"),
    ],
)
def test_a_wish_that_is_sent_as_an_answer_is_met_and_never_judged(
    client: TestClient, candidate: Person, resume: Resume, session: Session, words: str, act: str, kind: str
) -> None:
    interview = create(client, candidate, resume)
    heard = answer(client, candidate, interview, words)
    assert (heard.status_code, heard.json()["heard_as"]) == (202, act)
    assert heard.json()["turns"][0]["answer"] is None
    assert session.exec(select(Answer)).all() == []
    assert "answer.evaluate" not in session.exec(select(Job.task)).all()
    kinds = session.exec(select(InterviewEvent.kind).order_by(InterviewEvent.sequence)).all()
    assert kinds[-1] == kind


def test_distress_pauses_and_a_spoken_wish_to_skip_skips(client: TestClient, candidate: Person, resume: Resume) -> None:
    interview = create(client, candidate, resume)
    paused = answer(client, candidate, interview, "너무 긴장돼서 못 하겠어요").json()
    assert (paused["heard_as"], paused["clock"]["is_paused"]) == ("distress", True)
    post(client, candidate, interview["id"], "resume")
    skipped = answer(client, candidate, interview, "이 질문은 넘어갈게요").json()
    assert (skipped["heard_as"], skipped["turns"][0]["answer"]["is_skipped"]) == ("skip", True)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [("잘 모르겠습니다", "dont_know"), ("그건 대답하고 싶지 않아요", "declined"), ("A", "answered")],
)
def test_not_knowing_and_declining_are_answers(
    client: TestClient, candidate: Person, resume: Resume, words: str, outcome: str
) -> None:
    interview = create(client, candidate, resume)
    body = answer(client, candidate, interview, words).json()
    assert (body["turns"][0]["answer"]["text"], body["turns"][0]["answer"]["outcome"]) == (words, outcome)
