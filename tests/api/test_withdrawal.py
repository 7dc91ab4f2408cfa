"""A consent that is withdrawn takes what it allowed with it, at once."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_core.contract.payloads import ImportRecording
from interview_core.contract.tasks import IMPORT_RECORDING
from interview_core.db.speech import load_take, start_take
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    Evaluation,
    EvaluationStatus,
    FrameAnalysis,
    Interview,
    Job,
    JobState,
    Report,
    ReportPdf,
    ReportStatus,
    SegmentState,
    SpeechSegment,
    VoiceBaseline,
)
from interview_core.jobs import claim, enqueue
from interview_core.speech import TranscriptState
from tests.api.conftest import Person, resources_of, sign_in_as
from tests.factories import answer_question, end_answer, hear_segment, make_interview, make_resume, open_question

ALL = tuple(ConsentPurpose)


@pytest.fixture
def client(start_app) -> TestClient:
    return start_app(emotion_enabled=True)


@pytest.fixture
def candidate(client: TestClient) -> Person:
    return sign_in_as(client)


@pytest.fixture
def interview(session: Session, candidate: Person) -> Interview:
    return make_interview(session, candidate.row, make_resume(session, candidate.row), consents=ALL)


def keep(client: TestClient, candidate: Person, interview: Interview, *purposes: str) -> None:
    """Withdraw every consent but these."""
    response = client.put(
        f"/api/v1/interviews/{interview.id}/consents",
        json=dict.fromkeys(purposes, True),
        headers=candidate.headers,
    )
    assert response.status_code == 200, response.text


def jobs(session: Session, task: str) -> list[JobState]:
    session.expire_all()
    return list(session.exec(select(Job.state).where(Job.task == task)).all())


def test_without_emotion_no_figure_of_a_picture_is_left_and_speech_goes_on(client, candidate, session, interview):
    session.add(FrameAnalysis(interview_id=interview.id, epoch=1, frame_ms=1, is_face_found=True))
    segment = hear_segment(session, interview)

    keep(client, candidate, interview, "recording", "transcription", "scoring")

    session.expire_all()
    assert session.exec(select(FrameAnalysis)).all() == []
    assert session.get_one(SpeechSegment, (interview.id, 1, 0)).audio == segment.audio
    assert jobs(session, "speech.transcribe") == [JobState.QUEUED]


def test_without_transcription_what_was_not_sent_is_forgotten_and_what_was_sent_stays(
    client, candidate, session, interview
):
    first = hear_segment(session, interview, 0)
    first.state, first.text, first.words = SegmentState.DONE, "보낸 말", [{"text": "보낸"}]
    session.add(first)
    sent = open_question(session, interview)
    answer_question(session, interview, "보낸 말")
    from tests.factories import ask_template

    ask_template(session, interview)
    done = hear_segment(session, interview, 1)
    done.state, done.text, done.words, done.delivery = SegmentState.DONE, "비밀", [{"text": "비밀"}], {"speech_ms": 1}
    session.add(done)
    hear_segment(session, interview, 2)
    end_answer(session, interview, 2)
    session.add(VoiceBaseline(interview_id=interview.id, delivery={"units": 3}))
    question_id = open_question(session, interview)
    session.commit()

    keep(client, candidate, interview, "recording", "scoring", "emotion")

    session.expire_all()
    rows = session.exec(select(SpeechSegment).order_by(SpeechSegment.sequence)).all()
    assert [(row.text, row.words, row.delivery) for row in rows[1:]] == [(None, [], None)] * 2
    assert load_take(session, sent, 1).text == "보낸 말"
    assert session.exec(select(Answer.text)).one() == "보낸 말"
    assert load_take(session, question_id, 1).state is TranscriptState.FAILED
    assert session.get(VoiceBaseline, interview.id) is None
    assert set(jobs(session, "speech.transcribe")) == {JobState.CANCELLED}
    assert jobs(session, "speech.erase_audio") == [JobState.QUEUED]


def test_a_worker_that_listens_at_that_moment_writes_nothing(client, candidate, session, interview):
    hear_segment(session, interview)
    job_id = session.exec(select(Job.id).where(Job.task == "speech.transcribe")).one()
    held = claim(session, job_id, lease_s=60)
    assert held is not None

    keep(client, candidate, interview, "recording", "scoring", "emotion")

    session.expire_all()
    row = session.get_one(Job, job_id)
    assert (row.state, row.owner) == (JobState.CANCELLED, None)


def test_an_upload_that_waits_is_ended(client, candidate, session, interview):
    question_id = open_question(session, interview)
    start_take(session, interview.id, question_id, 1, 1, recording=f"recordings/{interview.id}/a.webm")
    enqueue(session, IMPORT_RECORDING, ImportRecording(question_id=question_id, take=1), subject_id=interview.id)
    session.commit()

    keep(client, candidate, interview, "recording", "scoring", "emotion")

    session.expire_all()
    take = load_take(session, question_id, 1)
    assert (take.state, take.spoken.error_code) == (TranscriptState.FAILED, "CONSENT_WITHDRAWN")
    assert jobs(session, "speech.import_recording") == [JobState.CANCELLED]


def test_without_recording_a_job_deletes_the_audio_and_transcription_goes_on(client, candidate, session, interview):
    hear_segment(session, interview)

    keep(client, candidate, interview, "transcription", "scoring", "emotion")

    assert jobs(session, "speech.erase_audio") == [JobState.QUEUED]
    assert jobs(session, "speech.transcribe") == [JobState.QUEUED]


def test_without_scoring_no_judgement_is_left_and_the_report_is_written_again(client, candidate, session, interview):
    answer = answer_question(session, interview, "캐시를 두었습니다")
    session.add(Evaluation(answer_id=answer.id, status=EvaluationStatus.DONE, score=4))
    session.commit()
    client.post(f"/api/v1/interviews/{interview.id}/finish", headers=candidate.headers)
    session.expire_all()
    report = session.get_one(Report, interview.id)
    report.status, report.overall_score, report.content = ReportStatus.READY, 80, {"summary": "점수"}
    session.add(report)
    key = f"reports/{interview.id}/a.pdf"
    resources_of(client).storage.put(key, b"%PDF with a score")
    session.add(ReportPdf(interview_id=interview.id, file=key))
    session.commit()

    keep(client, candidate, interview, "recording", "transcription", "emotion")

    session.expire_all()
    assert session.exec(select(Evaluation)).all() == []
    report = session.get_one(Report, interview.id)
    assert (report.status, report.overall_score, report.content) == (ReportStatus.PENDING, None, {})
    assert jobs(session, "report.write").count(JobState.QUEUED) == 1
    assert jobs(session, "answer.evaluate") == [JobState.CANCELLED]
    assert [file for page in resources_of(client).storage.list_files("reports") for file in page] == []


def test_giving_a_consent_again_removes_nothing(client, candidate, session, interview):
    hear_segment(session, interview)
    for _ in range(2):
        keep(client, candidate, interview, "recording", "transcription", "scoring", "emotion")

    assert jobs(session, "speech.erase_audio") == []
    assert jobs(session, "speech.transcribe") == [JobState.QUEUED]


def test_deleting_an_interview_deletes_its_audio(client, candidate, session, interview):
    hear_segment(session, interview)
    interview_id = interview.id

    client.delete(f"/api/v1/interviews/{interview_id}", headers=candidate.headers)

    session.expire_all()
    assert session.exec(select(SpeechSegment)).all() == []
    job = session.exec(select(Job).where(Job.task == "speech.erase_audio")).one()
    assert (job.state, job.payload) == (JobState.QUEUED, {"interview_id": str(interview_id)})


def test_every_decision_is_kept_with_its_time_and_the_words_it_was_about(client, candidate, session, interview):
    keep(client, candidate, interview, "transcription")
    keep(client, candidate, interview, "transcription", "scoring")

    found: list[dict[str, Any]] = client.get(
        f"/api/v1/interviews/{interview.id}/consents", headers=candidate.headers
    ).json()

    assert len(found) == len(session.exec(select(Consent)).all()) == len(ALL) + 3 + 1
    assert (found[0]["purpose"], found[0]["is_granted"]) == ("scoring", True)
    assert {item["text_version"] for item in found} == {"2026-11"}
    assert [item["at"] for item in found] == sorted((item["at"] for item in found), reverse=True)
