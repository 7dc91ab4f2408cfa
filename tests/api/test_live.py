"""Event streams over a real socket: snapshots, replay, trouble, and clients that leave."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session

from interview_core.db.tables import Interview, LoginSession, Resume, ResumeStatus
from interview_core.streams import EventKind, EventWriter, Stream, stream_name
from local.redis_server import RedisServer, start_redis
from tests.api.conftest import Person, Server, error_code, make_signed_in
from tests.factories import answer_question, make_interview, make_resume

_http = httpx.Client(timeout=20, limits=httpx.Limits(max_connections=None))


@dataclass(frozen=True)
class Received:
    kind: str
    id: str | None
    data: Any


def parse(lines: Iterator[str]) -> Iterator[Received]:
    """Yield events as a browser would dispatch them."""
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield Received(fields["event"], fields.get("id"), json.loads(fields["data"]))
            fields = {}


@contextmanager
def stream(server: Server, path: str, person: Person, last_event_id: str | None = None) -> Iterator[Iterator[Received]]:
    headers = {**person.headers, **({"Last-Event-ID": last_event_id} if last_event_id else {})}
    with _http.stream("GET", f"{server.url}{path}", headers=headers) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield parse(response.iter_lines())


def open_stream(held: ExitStack, server: Server, interview: Interview, person: Person) -> Iterator[Received]:
    """Open a stream that has begun; it ends with the stack, or when the caller lets go of it."""
    received = held.enter_context(stream(server, path_of(interview), person))
    assert next(received).kind == "snapshot"
    return received


@pytest.fixture
def person(server: Server) -> Person:
    return make_signed_in(server.resources)


@pytest.fixture
def interview(server: Server, person: Person, session: Session) -> Interview:
    return make_interview(session, person.row, make_resume(session, person.row))


def path_of(subject: Interview | Resume) -> str:
    kind = "interviews" if isinstance(subject, Interview) else "resumes"
    return f"/api/v1/{kind}/{subject.id}/events"


def say(events: EventWriter, interview: Interview, *words: str) -> None:
    for word in words:
        events.append(Stream.INTERVIEW, interview.id, EventKind.QUESTION_TOKEN, {"position": 2, "text": word})


def words_of(received: list[Received]) -> list[str]:
    return [event.data["text"] for event in received]


def take(events: Iterator[Received], count: int) -> list[Received]:
    return [next(events) for _ in range(count)]


def eventually(is_so: Callable[[], bool], within_s: float = 10) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


def test_a_stream_begins_with_a_snapshot_and_goes_on_with_events(
    server: Server, person: Person, interview: Interview, events: EventWriter
) -> None:
    say(events, interview, "before")
    with stream(server, path_of(interview), person) as received:
        snapshot = next(received)
        assert snapshot.kind == "snapshot"
        assert snapshot.data["turns"][0]["question"]["position"] == 1
        say(events, interview, "C++/C#, ", "95 %")
        assert words_of(take(received, 2)) == ["C++/C#, ", "95 %"]


def test_the_snapshot_is_what_get_returns(server: Server, person: Person, interview: Interview) -> None:
    with stream(server, path_of(interview), person) as received:
        snapshot = next(received)
    read = httpx.get(f"{server.url}/api/v1/interviews/{interview.id}", headers=person.headers).json()
    # The clock goes on between the two.
    assert {**snapshot.data, "clock": None} == {**read, "clock": None}


SCRIPT: list[tuple[EventKind, dict[str, Any]]] = [
    (EventKind.QUESTION_STARTED, {"position": 2}),
    *((EventKind.QUESTION_TOKEN, {"position": 2, "text": f"낱말 {number} "}) for number in range(20)),
    (EventKind.QUESTION_RESET, {"position": 2}),
    *((EventKind.QUESTION_TOKEN, {"position": 2, "text": f"C++/C# {number}\n"}) for number in range(20)),
    (EventKind.INTERVIEW_FINISHED, {"interview_id": "…"}),
]
"""Every run sees these, wherever it is cut."""
RUNS = 200


def cut_at_random(server: Server, interview: Interview, person: Person, seed: int) -> list[tuple[str, Any]]:
    """Return what a client sees whose connection breaks after some bytes, again and again, until the last event."""
    chance = Random(seed)
    seen: list[tuple[str, Any]] = []
    position: str | None = "0-0"
    while not seen or seen[-1][0] != EventKind.INTERVIEW_FINISHED:
        for event in whole_events(read_some(server, interview, person, position, chance.randint(100, 9000))):
            position = event.id or position
            if event.kind != "snapshot":
                seen.append((event.kind, event.data))
    return seen


def read_some(server: Server, interview: Interview, person: Person, position: str | None, most: int) -> str:
    """Return what arrives until the connection is cut, be it in the middle of an event."""
    headers = {**person.headers, **({"Last-Event-ID": position} if position else {})}
    received = b""
    with _http.stream("GET", f"{server.url}{path_of(interview)}", headers=headers) as response:
        for chunk in response.iter_raw():
            received += chunk
            if len(received) >= most or EventKind.INTERVIEW_FINISHED.value.encode() in received:
                return received[:most].decode("utf-8", "ignore")
    return ""


def whole_events(text: str) -> Iterator[Received]:
    """Yield the events that ended before the cut, as a browser does."""
    whole, _, _ = text.rpartition("\n\n")
    return parse(iter([*whole.split("\n"), ""])) if whole else iter([])


def test_a_stream_that_is_cut_anywhere_shows_each_event_once_in_order_and_the_last_one_always(
    server: Server, person: Person, interview: Interview, events: EventWriter
) -> None:
    with ThreadPoolExecutor(8) as runs:
        running = [runs.submit(cut_at_random, server, interview, person, seed) for seed in range(RUNS)]
        for kind, data in SCRIPT:
            events.append(Stream.INTERVIEW, interview.id, kind, data)
            time.sleep(0.01)
        seen = [run.result(timeout=120) for run in running]
    assert seen == [[(kind.value, data) for kind, data in SCRIPT]] * RUNS


def test_a_change_that_no_event_told_comes_with_the_next_event(
    server: Server, person: Person, interview: Interview, session: Session, events: EventWriter
) -> None:
    with stream(server, path_of(interview), person) as received:
        assert next(received).data["answered_count"] == 0
        answer_question(session, interview, "in another window")
        events.append(Stream.INTERVIEW, interview.id, EventKind.QUESTION_STARTED, {"position": 2})
        assert next(received).kind == EventKind.QUESTION_STARTED
        told = next(received)
    assert (told.kind, told.data["answered_count"]) == ("snapshot", 1)


def test_a_question_that_is_written_for_long_hides_no_change(
    server: Server, person: Person, interview: Interview, session: Session, events: EventWriter
) -> None:
    is_seen = threading.Event()

    def write() -> None:
        while not is_seen.wait(0.1):
            say(events, interview, "word")

    with stream(server, path_of(interview), person) as received:
        assert next(received).data["answered_count"] == 0
        answer_question(session, interview, "in another window")
        writing = threading.Thread(target=write)
        writing.start()
        try:
            states = (one.data for one in islice(received, 300) if one.kind == "snapshot")
            told = next(states, None)
        finally:
            is_seen.set()
            writing.join()
    assert told is not None
    assert told["answered_count"] == 1


def test_a_change_while_the_client_was_away_comes_after_the_events_that_it_missed(
    server: Server, person: Person, interview: Interview, session: Session, events: EventWriter
) -> None:
    say(events, interview, "before")
    with stream(server, path_of(interview), person) as received:
        position = next(received).id
    answer_question(session, interview, "in another window")
    say(events, interview, "meanwhile")
    with stream(server, path_of(interview), person, position) as received:
        missed, state = take(received, 2)
    assert (missed.data["text"], state.kind, state.data["answered_count"]) == ("meanwhile", "snapshot", 1)


@pytest.mark.parametrize("last_event_id", ["1-1", "9999999999999-0", "nonsense", "-", "$", "9" * 60 + "-0"])
def test_a_position_that_is_not_held_any_more_gets_a_snapshot(
    server: Server, person: Person, interview: Interview, events: EventWriter, last_event_id: str
) -> None:
    say(events, interview, "old")
    with stream(server, path_of(interview), person, last_event_id) as received:
        assert next(received).kind == "snapshot"


def test_a_change_whose_event_was_lost_arrives_as_a_snapshot(
    server: Server, person: Person, interview: Interview, session: Session
) -> None:
    with stream(server, path_of(interview), person) as received:
        assert next(received).data["answered_count"] == 0
        answer_question(session, interview, "its event never comes")
        later = next(received)
    assert (later.kind, later.data["answered_count"]) == ("snapshot", 1)
    assert later.data["pending_question"] == {"position": 2, "state": "preparing"}


def test_a_resume_stream_carries_the_resume_as_it_is(
    server: Server, person: Person, session: Session, events: EventWriter
) -> None:
    resume = make_resume(session, person.row, status=ResumeStatus.RUNNING, profile=None)
    with stream(server, path_of(resume), person) as received:
        assert next(received).data["status"] == "running"
        resume.percent = 40
        session.commit()
        events.append(Stream.RESUME, resume.id, EventKind.PROGRESS, {})
        progress = next(received)
        assert (progress.kind, progress.data["percent"]) == ("progress", 40)
        assert "profile" not in progress.data
        resume.status, resume.profile = ResumeStatus.READY, {"name": "김하늘"}
        session.commit()
        events.append(Stream.RESUME, resume.id, EventKind.READY, {})
        ready = next(received)
        assert (ready.kind, ready.data["profile"]["name"]) == ("ready", "김하늘")


def test_a_stream_ends_when_its_subject_is_deleted_or_its_user_signs_out(
    server: Server, person: Person, interview: Interview, session: Session
) -> None:
    resume = make_resume(session, person.row)
    with stream(server, path_of(resume), person) as received, stream(server, path_of(interview), person) as other:
        next(received), next(other)
        httpx.delete(f"{server.url}/api/v1/resumes/{resume.id}", headers=person.headers)
        assert list(received) == []
        httpx.post(f"{server.url}/api/v1/auth/logout", headers=person.headers)
        assert list(other) == []


def test_ownership_is_checked_before_the_stream_begins(server: Server, interview: Interview) -> None:
    stranger = make_signed_in(server.resources)
    response = httpx.get(f"{server.url}{path_of(interview)}", headers=stranger.headers)
    assert (response.status_code, error_code(response)) == (404, "INTERVIEW_NOT_FOUND")
    assert httpx.get(f"{server.url}{path_of(interview)}").status_code == 401
    response = httpx.get(f"{server.url}/api/v1/interviews/{uuid4()}/events", headers=stranger.headers)
    assert response.status_code == 404


def test_streams_beyond_the_limit_are_refused_until_one_ends(
    start_server: Callable[..., Server], session: Session
) -> None:
    server = start_server(max_streams=3)
    person = make_signed_in(server.resources)
    interview = make_interview(session, person.row)
    with ExitStack() as held:
        opened = [open_stream(held, server, interview, person) for _ in range(3)]
        refused = httpx.get(f"{server.url}{path_of(interview)}", headers=person.headers)
        assert (refused.status_code, error_code(refused)) == (503, "TOO_MANY_STREAMS")
        assert len(opened) == server.resources.slots.taken == 3
    assert eventually(lambda: server.resources.slots.taken == 0)
    with stream(server, path_of(interview), person) as received:
        assert next(received).kind == "snapshot"


def test_clients_that_leave_free_their_connections(
    server: Server, person: Person, interview: Interview, redis: Redis
) -> None:
    def connected() -> int:
        return len(redis.client_list())

    with stream(server, path_of(interview), person) as received:
        next(received)
    assert eventually(lambda: server.resources.slots.taken == 0)
    baseline_clients, baseline_threads = connected(), threading.active_count()
    for number in range(200):
        with stream(server, path_of(interview), person) as received:
            if number % 2:
                next(received)
    assert eventually(lambda: server.resources.slots.taken == 0)
    # The pool keeps a connection for each of those few that overlapped on a busy machine.
    assert eventually(lambda: connected() <= baseline_clients + 5), redis.client_list()
    assert eventually(lambda: server.resources.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
    assert threading.active_count() <= baseline_threads + 5


def test_a_stream_holds_no_database_connection(server: Server, person: Person, interview: Interview) -> None:
    with ExitStack() as held:
        opened = [open_stream(held, server, interview, person) for _ in range(30)]
        assert server.resources.slots.taken == len(opened)
        assert eventually(lambda: server.resources.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]


@pytest.fixture
def own_redis(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[RedisServer]:
    """A Redis that a test may stop and start."""
    with start_redis(tmp_path / "own-redis", free_port()) as redis:
        yield redis


def test_while_redis_is_away_the_stream_says_so_and_then_catches_up(
    start_server: Callable[..., Server], own_redis: RedisServer, session: Session
) -> None:
    server = start_server(redis_url=own_redis.url)
    person = make_signed_in(server.resources)
    interview = make_interview(session, person.row)
    with stream(server, path_of(interview), person) as received:
        assert next(received).kind == "snapshot"
        own_redis.stop()
        degraded = next(received)
        assert (degraded.kind, degraded.data) == ("degraded", {"reason": "live_updates_unavailable"})
        answer_question(session, interview, "said while Redis was away")
        without_redis = next(received)
        assert (without_redis.kind, without_redis.data["answered_count"]) == ("snapshot", 1)
        assert next(received).kind == "degraded"
        own_redis.start()
        assert next(received).kind == "snapshot"
        with Redis.from_url(own_redis.url) as redis:
            say(EventWriter(redis), interview, "live again")
        assert words_of(take(received, 1)) == ["live again"]


def test_a_stream_that_opens_while_redis_is_away_still_begins_with_a_snapshot(
    start_server: Callable[..., Server], free_port: Callable[[], int], session: Session
) -> None:
    server = start_server(redis_url=f"redis://127.0.0.1:{free_port()}/0")
    person = make_signed_in(server.resources)
    interview = make_interview(session, person.row)
    with stream(server, path_of(interview), person) as received:
        assert [event.kind for event in take(received, 2)] == ["snapshot", "degraded"]


def test_a_flushed_redis_is_survived(
    server: Server, person: Person, interview: Interview, redis: Redis, events: EventWriter
) -> None:
    say(events, interview, "gone")
    with stream(server, path_of(interview), person) as received:
        position = next(received).id
        redis.flushall()
        say(events, interview, "after the flush")
        assert words_of(take(received, 1)) == ["after the flush"]
    redis.delete(stream_name(Stream.INTERVIEW, UUID(str(interview.id))))
    with stream(server, path_of(interview), person, position) as received:
        assert next(received).kind == "snapshot"


def test_a_database_that_goes_away_for_a_moment_does_not_end_the_stream(
    server: Server, person: Person, session: Session, events: EventWriter
) -> None:
    resume = make_resume(session, person.row, status=ResumeStatus.RUNNING)
    with stream(server, path_of(resume), person) as received:
        assert next(received).kind == "snapshot"
        session.execute(text("ALTER TABLE resume RENAME TO resume_hidden"))
        session.commit()
        try:
            events.append(Stream.RESUME, resume.id, EventKind.PROGRESS, {})
            assert next(received).kind == "degraded"
        finally:
            session.execute(text("ALTER TABLE resume_hidden RENAME TO resume"))
            session.commit()
        assert next(received).kind == "snapshot"


def test_an_idle_stream_is_kept_alive(
    server: Server, person: Person, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.5)
    url = f"{server.url}{path_of(interview)}"
    with httpx.stream("GET", url, headers=person.headers, timeout=10) as response:
        assert any(line.startswith(":") for line in response.iter_lines())


def test_a_disabled_session_cannot_open_a_stream(
    server: Server, person: Person, interview: Interview, session: Session
) -> None:
    session.execute(text(f"UPDATE {LoginSession.__tablename__} SET revoked_at = now()"))
    session.commit()
    response = httpx.get(f"{server.url}{path_of(interview)}", headers=person.headers)
    assert (response.status_code, error_code(response)) == (401, "SESSION_REVOKED")
