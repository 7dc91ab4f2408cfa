"""What the backend tells the media server: by the ticket when a browser connects, by Redis when a consent changes."""

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session

from interview_core.db.tables import ConsentPurpose, Language, Purpose
from interview_core.media_consents import MediaConsents, consents_key, read_consents
from interview_core.tickets import MediaTicket, read_media_ticket
from tests.api.conftest import Person, sign_in_as
from tests.conftest import MEDIA_SECRET_KEY
from tests.factories import emotion_consent, forge, make_interview

INTERVIEWS = "/api/v1/interviews"
RELAY = "turn:turn.example.com:3478?transport=udp"


def ask_for_ticket(client: TestClient, person: Person, interview_id: UUID) -> tuple[dict, MediaTicket]:
    response = client.post(f"{INTERVIEWS}/{interview_id}/media-ticket", headers=person.headers)
    assert response.status_code == 201, response.text
    return response.json(), read_media_ticket(response.json()["ticket"], secret=MEDIA_SECRET_KEY)


@pytest.mark.parametrize("may_transcribe", [True, False])
def test_a_ticket_says_what_is_allowed_and_how_patient_the_server_is(
    client: TestClient, candidate: Person, session: Session, may_transcribe: bool
) -> None:
    consents = (ConsentPurpose.TRANSCRIPTION,) if may_transcribe else ()
    interview = make_interview(session, candidate.row, language=Language.ENGLISH, consents=consents)
    body, ticket = ask_for_ticket(client, candidate, interview.id)
    assert (ticket.may_transcribe, ticket.may_analyze_emotion) == (may_transcribe, False)
    assert (ticket.language, ticket.purpose, ticket.epoch) == ("en", "practice", 1)
    assert 0 < ticket.min_silence_ms < ticket.max_silence_ms
    assert body["ice_servers"] == []


def test_with_a_relay_the_ticket_brings_credentials_for_it(
    start_app: Callable[..., TestClient], session: Session
) -> None:
    client = start_app(turn_urls=RELAY, turn_secret="1f2e3d4c5b6a79880f1e2d3c4b5a6978")
    person = sign_in_as(client)
    interview = make_interview(session, person.row)
    body, _ = ask_for_ticket(client, person, interview.id)
    (server,) = body["ice_servers"]
    assert server["urls"] == [RELAY]
    assert server["username"].endswith(f":{interview.id}")
    assert server["credential"]


def test_an_assessment_never_gets_a_ticket_for_emotions_whatever_the_database_says(
    start_app: Callable[..., TestClient], session: Session
) -> None:
    client = start_app(emotion_enabled=True)
    person = sign_in_as(client)
    granted = (ConsentPurpose.EMOTION, ConsentPurpose.TRANSCRIPTION)
    assessment = make_interview(
        session, person.row, purpose=Purpose.ASSESSMENT, consents=(ConsentPurpose.TRANSCRIPTION,)
    )
    forge(session, emotion_consent(assessment))
    practice = make_interview(session, person.row, consents=granted)
    assert ask_for_ticket(client, person, assessment.id)[1].may_analyze_emotion is False
    assert ask_for_ticket(client, person, practice.id)[1].may_analyze_emotion is True


def test_consents_reach_the_media_server_when_they_change(
    client: TestClient, candidate: Person, session: Session, redis: Redis
) -> None:
    interview = make_interview(session, candidate.row)
    consents, key = f"{INTERVIEWS}/{interview.id}/consents", consents_key(interview.id)
    client.put(consents, json={"transcription": True, "recording": True}, headers=candidate.headers)
    assert read_consents(redis.get(key)) == MediaConsents(transcription=True, recording=True, emotion=False)
    assert 0 < redis.ttl(key) <= 24 * 3600
    client.put(consents, json={"recording": True}, headers=candidate.headers)
    assert read_consents(redis.get(key)) == MediaConsents(transcription=False, recording=True, emotion=False)


def test_what_makes_no_sense_in_redis_allows_nothing() -> None:
    nothing = MediaConsents(transcription=False, recording=False, emotion=False)
    assert [read_consents(packed) for packed in (b"", b"yes", b'{"emotion": true}', b"\xff")] == [nothing] * 4
    assert read_consents(None) is None
