"""What a killed server had not cut yet: the last segment of its answer, where that is allowed and news."""

from uuid import UUID

import numpy as np
import pytest
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.db.tables import Consent, ConsentPurpose, Interview, Language
from interview_core.errors import NotFound
from interview_core.speech import uncut_key
from interview_core.storage import Storage
from interview_core.streams import EventWriter
from interview_media.entries import Place, SegmentHeard, TakeBegun, UncutHeard
from interview_media.segmenting import Utterance
from interview_media.speech_store import DurableSpeechStore
from tests.media.speaking import segments, spoken

SOUND = Utterance(32_000, np.full(16_000, 900, np.int16))


@pytest.fixture
def store(storage: Storage, sessions: sessionmaker[Session], events: EventWriter) -> DurableSpeechStore:
    return DurableSpeechStore(storage, sessions, events)


@pytest.fixture
def place(interview: Interview, question_id: UUID) -> Place:
    return Place(interview.id, 1, Language.KOREAN, question_id, 1)


def is_kept(storage: Storage, interview: Interview) -> bool:
    try:
        return bool(storage.read(uncut_key(interview.id, 1)))
    except NotFound:
        return False


def test_it_becomes_the_last_segment_at_its_time(
    store: DurableSpeechStore, place: Place, interview: Interview, sessions: sessionmaker[Session], storage: Storage
) -> None:
    for entry in (TakeBegun(place), SegmentHeard(place, 0, SOUND), UncutHeard(place, 1, SOUND)):
        store.keep(entry)
    store.end_lost(interview.id, 2)

    assert [(row.sequence, row.start_ms, row.end_ms) for row in segments(sessions)] == [
        (0, 2000, 3000),
        (1, 2000, 3000),
    ]
    assert spoken(sessions)[0].last_sequence == 1
    assert not is_kept(storage, interview)


def test_what_was_cut_and_stored_since_is_not_doubled(
    store: DurableSpeechStore, place: Place, interview: Interview, sessions: sessionmaker[Session], storage: Storage
) -> None:
    for entry in (TakeBegun(place), UncutHeard(place, 0, SOUND), SegmentHeard(place, 0, SOUND)):
        store.keep(entry)
    store.end_lost(interview.id, 2)

    assert [row.sequence for row in segments(sessions)] == [0]
    assert not is_kept(storage, interview)


def test_after_a_withdrawal_nothing_of_it_is_left(
    store: DurableSpeechStore, place: Place, interview: Interview, sessions: sessionmaker[Session], storage: Storage
) -> None:
    store.keep(TakeBegun(place))
    store.keep(UncutHeard(place, 0, SOUND))
    with sessions() as session:
        purpose = ConsentPurpose.TRANSCRIPTION
        fields = {"user_id": interview.user_id, "interview_id": interview.id, "text_version": "2026-11"}
        session.add(Consent(purpose=purpose, is_granted=False, **fields))
        session.commit()
    store.end_lost(interview.id, 2)

    assert segments(sessions) == []
    assert not is_kept(storage, interview)


@pytest.mark.parametrize(
    "content", [b"", b"fLaC and more", b'{"take": 1}\n', b'{"take": 1, "sequence": 1, "start_', b"[]\nx"]
)
def test_a_damaged_file_costs_nothing_but_itself(
    store: DurableSpeechStore,
    place: Place,
    interview: Interview,
    sessions: sessionmaker[Session],
    storage: Storage,
    content: bytes,
) -> None:
    store.keep(TakeBegun(place))
    storage.put(uncut_key(interview.id, 1), content)
    store.end_lost(interview.id, 2)

    assert segments(sessions) == []
    assert spoken(sessions)[0].ended_at is not None
