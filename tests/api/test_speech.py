"""Answering by voice over HTTP: transcripts, corrections, recordings, spoken questions, the device check."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select, text

from interview_core.db.speech import load_take
from interview_core.db.tables import (
    Answer,
    AnswerSource,
    ConsentPurpose,
    Interview,
    Job,
    PreparedQuestion,
    Question,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
    SpokenQuestion,
    VoiceBaseline,
)
from interview_core.db.workers import beat
from interview_core.tickets import read_media_ticket
from tests.api.conftest import Person, error_code, resources_of
from tests.conftest import MEDIA_SECRET_KEY
from tests.factories import end_answer, hear_segment, make_interview, make_resume, open_question

SPOKEN = (ConsentPurpose.TRANSCRIPTION, ConsentPurpose.SCORING)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt sound"
READY = {"state": "ready", "model": "small", "reason": None}


@pytest.fixture
def interview(candidate: Person, session: Session) -> Interview:
    return make_interview(session, candidate.row, make_resume(session, candidate.row), consents=SPOKEN)


@pytest.fixture
def question_id(session: Session, interview: Interview) -> UUID:
    return open_question(session, interview)


@pytest.fixture
def worker(client: TestClient) -> None:
    """A CPU worker that can recognise speech."""
    tell_speech(client, READY)


def tell_speech(client: TestClient, recogniser: dict[str, Any] | None, voice_engine: str | None = None) -> None:
    details = {"speech": {"recogniser": recogniser, "voice_engine": voice_engine}}
    beat(resources_of(client).sessions, name="cpu@here", queue="cpu_queue", tasks=["x"], details=details)


def write_down(session: Session, segment: SpeechSegment, words: str, probability: float = 0.9) -> None:
    """What the worker stores of a segment."""
    segment.state, segment.text = SegmentState.DONE, words
    segment.words = [
        {"text": word, "start_ms": n * 100, "end_ms": n * 100 + 90, "probability": probability}
        for n, word in enumerate(words.split())
    ]
    session.add(segment)
    session.commit()


def say(session: Session, interview: Interview, *parts: str, take: int = 1, first: int = 0) -> None:
    """A whole spoken answer, written down."""
    for sequence, words in enumerate(parts, start=first):
        write_down(session, hear_segment(session, interview, sequence, take=take), words)
    end_answer(session, interview, first + len(parts) - 1, take=take)


def path(interview: Interview, question_id: UUID, what: str) -> str:
    return f"/api/v1/interviews/{interview.id}/questions/{question_id}/{what}"


def transcript(client: TestClient, candidate: Person, interview: Interview, question_id: UUID) -> dict[str, Any]:
    response = client.get(path(interview, question_id, "transcript"), headers=candidate.headers)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def answer(client: TestClient, candidate: Person, interview: Interview, question_id: UUID, words: str, **more: Any):
    body = {"question_id": str(question_id), "text": words, **more}
    return client.post(f"/api/v1/interviews/{interview.id}/answers", json=body, headers=candidate.headers)


def test_a_transcript_grows_with_the_answer_and_says_in_which_state_it_is(
    client, candidate, session, interview, question_id
):
    def state() -> str:
        return transcript(client, candidate, interview, question_id)["state"]

    assert state() == "none"
    segment = hear_segment(session, interview)
    assert state() == "listening"
    end_answer(session, interview, 0)
    assert state() == "pending"
    write_down(session, segment, "캐시를 두었습니다")
    found = transcript(client, candidate, interview, question_id)
    assert (found["state"], found["text"], found["take"], found["end_reason"]) == (
        "ready", "캐시를 두었습니다", 1, "button",
    )  # fmt: skip


def test_words_that_the_recogniser_is_not_sure_of_are_marked(start_app, session, redis):
    client = start_app(speech_doubtful_below=0.6)
    from tests.api.conftest import sign_in_as

    candidate = sign_in_as(client)
    interview = make_interview(session, candidate.row, consents=SPOKEN)
    question_id = open_question(session, interview)
    segment = hear_segment(session, interview)
    write_down(session, segment, "레디스를 썼습니다")
    segment.words = [{**segment.words[0], "probability": 0.55}, segment.words[1]]
    session.add(segment)
    session.commit()

    words = transcript(client, candidate, interview, question_id)["segments"][0]["words"]

    assert [word["is_doubtful"] for word in words] == [True, False]


def test_an_answer_in_which_nobody_spoke_is_said_to_be_empty(client, candidate, session, interview, question_id):
    end_answer(session, interview, None)

    found = transcript(client, candidate, interview, question_id)

    assert (found["state"], found["text"], found["segments"]) == ("empty", "", [])


def test_missing_parts_are_named_and_a_poor_transcript_says_why(client, candidate, session, interview, question_id):
    write_down(session, hear_segment(session, interview, 0), "하나")
    lost = hear_segment(session, interview, 2)
    lost.state = SegmentState.FAILED
    session.add(lost)
    end_answer(session, interview, 2)

    found = transcript(client, candidate, interview, question_id)

    assert found["state"] == "partial"
    assert found["missing"] == [{"epoch": 1, "sequence": 1}, {"epoch": 1, "sequence": 2}]
    assert (found["is_too_poor"], found["poor_reason"]) == (True, "incomplete")


def test_a_transcript_of_guesses_is_too_poor_to_judge(client, candidate, session, interview, question_id):
    write_down(session, hear_segment(session, interview, 0), "무슨 말인지 모름", probability=0.2)
    end_answer(session, interview, 0)

    assert transcript(client, candidate, interview, question_id)["poor_reason"] == "unclear"


def test_what_is_judged_is_the_corrected_text_and_the_correction_is_kept(
    client, candidate, session, interview, question_id
):
    say(session, interview, "저는 개시를 두어서", "응답이 빨라 졌습니다")
    corrected = "저는 캐시를 두어서 응답이 크게 빨라졌습니다"

    response = answer(client, candidate, interview, question_id, corrected, source="voice", take=1)

    assert response.status_code == 202
    shown = response.json()["turns"][0]["answer"]
    assert (shown["text"], shown["source"], shown["take"]) == (corrected, "voice", 1)
    assert shown["transcript"] == "저는 개시를 두어서 응답이 빨라 졌습니다"
    assert shown["transcript_edits"] == [
        {"op": "replace", "at": 1, "old": "개시를", "new": "캐시를"},
        {"op": "replace", "at": 4, "old": "빨라 졌습니다", "new": "크게 빨라졌습니다"},
    ]
    row = session.exec(select(Answer)).one()
    assert (row.text, row.source, row.missing_segments) == (corrected, AnswerSource.VOICE, None)
    assert session.exec(select(Job.task).where(Job.task == "answer.evaluate")).all() == ["answer.evaluate"]


def test_a_transcript_sent_as_it_is_has_no_edits(client, candidate, session, interview, question_id):
    say(session, interview, "캐시를 두었습니다")

    response = answer(client, candidate, interview, question_id, "캐시를 두었습니다", source="voice", take=1)

    assert response.json()["turns"][0]["answer"]["transcript_edits"] == []


def test_an_answer_waits_for_its_transcript_unless_the_candidate_does_without(
    client, candidate, session, interview, question_id
):
    write_down(session, hear_segment(session, interview, 0), "하나")
    hear_segment(session, interview, 1)

    assert error_code(answer(client, candidate, interview, question_id, "하나", source="voice", take=1)) == (
        "TRANSCRIPT_PENDING"
    )
    end_answer(session, interview, 2)
    refused = answer(client, candidate, interview, question_id, "하나", source="voice", take=1)
    assert (refused.status_code, error_code(refused)) == (409, "TRANSCRIPT_PENDING")

    taken = answer(client, candidate, interview, question_id, "하나", source="voice", take=1, accept_missing=True)

    assert taken.status_code == 202
    assert taken.json()["turns"][0]["answer"]["missing_segments"] == [
        {"epoch": 1, "sequence": 1},
        {"epoch": 1, "sequence": 2},
    ]


def test_only_the_newest_take_is_an_answer(client, candidate, session, interview, question_id):
    say(session, interview, "첫 번째")
    say(session, interview, "두 번째", take=2, first=1)

    assert error_code(answer(client, candidate, interview, question_id, "첫 번째", source="voice", take=1)) == (
        "TAKE_SUPERSEDED"
    )
    assert answer(client, candidate, interview, question_id, "두 번째", source="voice", take=2).status_code == 202


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"source": "voice"}, 422, "VALIDATION_FAILED"),
        ({"source": "voice", "take": 9}, 404, "TRANSCRIPT_NOT_FOUND"),
        ({"source": "voice", "take": 0}, 422, "VALIDATION_FAILED"),
        ({"source": "video"}, 422, "VALIDATION_FAILED"),
    ],
)
def test_a_spoken_answer_names_what_was_spoken(client, candidate, interview, question_id, more, status, code):
    response = answer(client, candidate, interview, question_id, "말", **more)

    assert (response.status_code, error_code(response)) == (status, code)


def test_a_typed_answer_is_as_before(client, candidate, interview, question_id):
    shown = answer(client, candidate, interview, question_id, "적었습니다").json()["turns"][0]["answer"]

    assert (shown["source"], shown["take"], shown["transcript"], shown["missing_segments"]) == (
        "text", None, None, None,
    )  # fmt: skip


def upload(client: TestClient, candidate: Person, interview: Interview, question_id: UUID, content: bytes = WAV):
    files = {"file": ("answer.webm", content)}
    return client.post(path(interview, question_id, "recordings"), files=files, headers=candidate.headers)


@pytest.mark.usefixtures("worker")
def test_a_recording_becomes_the_next_take_in_a_connection_of_its_own(
    client, candidate, session, interview, question_id
):
    hear_segment(session, interview)
    response = upload(client, candidate, interview, question_id)

    assert (response.status_code, response.json()) == (202, {"take": 2})
    row = session.get_one(SpokenAnswer, (question_id, 2))
    session.refresh(interview)
    assert (row.epoch, interview.media_epoch) == (1, 1)
    assert resources_of(client).storage.read(row.recording) == WAV
    assert row.recording.endswith(".wav")
    assert transcript(client, candidate, interview, question_id)["state"] == "pending"
    job = session.exec(select(Job).where(Job.task == "speech.import_recording")).one()
    assert job.payload == {"question_id": str(question_id), "take": 2}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "EMPTY_FILE"),
        (b"\x81\x00the last chunk of a WebM alone", 415, "UNSUPPORTED_FILE_TYPE"),
        (b"OggS" + bytes(100), 415, "UNSUPPORTED_FILE_TYPE"),
        (b"%PDF-1.7", 415, "UNSUPPORTED_FILE_TYPE"),
        (WAV + bytes(2048), 413, "FILE_TOO_LARGE"),
        (WAV + bytes(40_000), 413, "FILE_TOO_LARGE"),
    ],
)
def test_what_is_no_recording_is_refused_and_leaves_nothing(start_app, session, content, status, code):
    client = start_app(max_recording_bytes=1024)
    tell_speech(client, READY)
    from tests.api.conftest import sign_in_as

    candidate = sign_in_as(client)
    interview = make_interview(session, candidate.row, consents=SPOKEN)

    response = upload(client, candidate, interview, open_question(session, interview), content)

    assert (response.status_code, error_code(response)) == (status, code)
    assert session.exec(select(SpokenAnswer)).all() == []
    assert [file for page in resources_of(client).storage.list_files("recordings") for file in page] == []


def test_a_recording_needs_consent_and_a_recogniser_and_the_open_question(client, candidate, session, interview):
    question_id = open_question(session, interview)
    tell_speech(client, {"state": "missing", "model": None, "reason": "no network"})
    missing = upload(client, candidate, interview, question_id)
    tell_speech(client, READY)
    silent = make_interview(session, candidate.row)
    forbidden = upload(client, candidate, silent, open_question(session, silent))
    unknown = upload(client, candidate, interview, uuid4())

    assert (missing.status_code, error_code(missing)) == (503, "RECOGNISER_UNAVAILABLE")
    assert (forbidden.status_code, error_code(forbidden)) == (409, "CONSENT_NEEDED")
    assert (unknown.status_code, error_code(unknown)) == (409, "NOT_CURRENT_QUESTION")


def test_the_device_check_is_measured_by_a_job_and_a_new_one_replaces_it(client, candidate, session, interview):
    address = f"/api/v1/interviews/{interview.id}/voice-baseline"
    assert error_code(client.get(address, headers=candidate.headers)) == "BASELINE_NOT_FOUND"

    first = client.post(address, files={"file": ("check.webm", WAV)}, headers=candidate.headers)
    recording = session.get_one(VoiceBaseline, interview.id).recording
    client.post(address, files={"file": ("check.webm", WAV + b"2")}, headers=candidate.headers)

    assert (first.status_code, first.json()["state"]) == (202, "pending")
    session.expire_all()
    row = session.get_one(VoiceBaseline, interview.id)
    assert row.recording != recording
    files = [file.key for page in resources_of(client).storage.list_files("baselines") for file in page]
    assert files == [row.recording]
    assert client.get(address, headers=candidate.headers).json()["state"] == "pending"


def test_questions_are_spoken_ahead_for_those_who_answer_by_voice(client, candidate, session):
    make_interview(session, candidate.row, consents=(ConsentPurpose.SCORING,))
    assert session.exec(select(Job).where(Job.task == "speech.synthesize")).all() == []

    interview = make_interview(session, candidate.row, consents=SPOKEN)

    job = session.exec(select(Job).where(Job.task == "speech.synthesize")).one()
    assert (job.subject_id, job.payload) == (interview.id, {"question_id": str(open_question(session, interview))})


def test_a_question_that_is_not_spoken_yet_is_asked_for_once_and_nobody_waits(client, candidate, session):
    interview = make_interview(session, candidate.row)
    question_id = open_question(session, interview)
    for _ in range(3):
        response = client.get(path(interview, question_id, "speech"), headers=candidate.headers)
        assert (response.status_code, error_code(response)) == (404, "SPEECH_NOT_AVAILABLE")

    assert len(session.exec(select(Job).where(Job.task == "speech.synthesize")).all()) == 1


def test_a_spoken_question_is_heard_and_says_who_speaks(client, candidate, session, interview, question_id):
    key = f"spoken/{interview.id}/abc.mp3"
    row = SpokenQuestion(
        question_id=question_id, interview_id=interview.id, audio=key, media_type="audio/mpeg", engine="espeak-ng",
        voice="ko",
    )  # fmt: skip
    session.add(row)
    session.commit()
    resources_of(client).storage.put(key, b"sound")

    response = client.get(path(interview, question_id, "speech"), headers=candidate.headers)

    assert (response.content, response.headers["content-type"]) == (b"sound", "audio/mpeg")
    assert response.headers["x-speech-engine"] == "espeak-ng"
    assert "private" in response.headers["cache-control"]

    resources_of(client).storage.delete(key)
    gone = client.get(path(interview, question_id, "speech"), headers=candidate.headers)
    assert error_code(gone) == "SPEECH_NOT_AVAILABLE"


def test_a_question_that_is_only_prepared_is_not_found_and_goes_with_the_interview(
    client, candidate, session, interview
):
    prepared = PreparedQuestion(interview_id=interview.id, slot=1, after_position=1, content={"text": "다음 질문"})
    key, fields = f"spoken/{interview.id}/ahead.mp3", {"media_type": "audio/mpeg", "engine": "espeak-ng", "voice": "ko"}
    spoken = SpokenQuestion(question_id=prepared.question_id, interview_id=interview.id, audio=key, **fields)
    session.add_all([prepared, spoken])
    session.commit()
    resources_of(client).storage.put(key, b"sound")

    for what in ("transcript", "speech"):
        response = client.get(path(interview, prepared.question_id, what), headers=candidate.headers)
        assert (response.status_code, error_code(response)) == (404, "QUESTION_NOT_FOUND")
    assert "다음 질문" not in client.get(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).text

    client.delete(f"/api/v1/interviews/{interview.id}", headers=candidate.headers)

    session.expire_all()
    assert session.exec(select(SpokenQuestion)).all() == []
    assert session.exec(select(Job.task).where(Job.task == "speech.erase_audio")).all() == ["speech.erase_audio"]


def test_a_question_of_another_interview_is_not_found(client, candidate, session, interview):
    other = make_interview(session, candidate.row, consents=SPOKEN)
    question_id = open_question(session, other)

    for what in ("transcript", "speech"):
        response = client.get(path(interview, question_id, what), headers=candidate.headers)
        assert (response.status_code, error_code(response)) == (404, "QUESTION_NOT_FOUND")


@pytest.mark.parametrize(
    ("recogniser", "can", "is_ok"),
    [
        (READY, True, True),
        ({"state": "not_loaded", "model": None, "reason": None}, True, True),
        ({"state": "off", "model": None, "reason": None}, False, True),
        ({"state": "missing", "model": "base", "reason": "Connect this machine"}, False, False),
        (None, True, True),
    ],
)
def test_the_page_and_the_operator_know_whether_answers_can_be_spoken(client, recogniser, can, is_ok):
    tell_speech(client, recogniser, "espeak-ng")

    status = client.get("/api/v1/system/status").json()["speech"]
    check = next(c for c in client.get("/readyz").json()["checks"] if c["name"] == "speech")

    assert (status["can_transcribe"], status["voice_engine"]) == (can, "espeak-ng")
    assert check["is_ok"] is is_ok
    if recogniser and recogniser["reason"]:
        assert recogniser["reason"] in check["message"]


def test_without_a_worker_nobody_can_say(client):
    assert client.get("/api/v1/system/status").json()["speech"]["recogniser_state"] == "worker_away"


def test_another_answer_in_the_same_connection_does_not_count_as_missing(client, candidate, session, interview):
    say(session, interview, "첫 대답")
    first = open_question(session, interview)
    assert answer(client, candidate, interview, first, "첫 대답", source="voice", take=1).status_code == 202
    assert load_take(session, first, 1).missing == []
    assert session.execute(text("SELECT count(*) FROM question")).scalar_one() == 1
    assert session.exec(select(Question.id)).one() == first


@pytest.mark.parametrize(("state", "may_transcribe"), [("ready", True), ("missing", False), ("off", False)])
def test_a_voice_is_listened_to_only_where_it_can_be_written_down(client, candidate, interview, state, may_transcribe):
    tell_speech(client, {"state": state, "model": None, "reason": None})

    response = client.post(f"/api/v1/interviews/{interview.id}/media-ticket", headers=candidate.headers)

    ticket = read_media_ticket(response.json()["ticket"], secret=MEDIA_SECRET_KEY)
    assert ticket.may_transcribe is may_transcribe
