"""From registration to report through HTTP alone, the worker's part played by the job contract's own functions."""

from uuid import UUID

from fastapi.testclient import TestClient
from sqlmodel import Session

from interview_core.db.interviews import ask_template, lock_interview
from interview_core.db.tables import Report, ReportStatus, Resume, ResumeStatus
from tests.api.conftest import register, sign_in
from tests.factories import PROFILE


def test_a_newcomer_goes_from_registration_to_report(client: TestClient, session: Session) -> None:
    register(client)
    headers = sign_in(client)
    upload = client.post("/api/v1/resumes", files={"file": ("이력서.pdf", b"%PDF-1.7 ...")}, headers=headers)
    assert upload.status_code == 202, upload.text
    resume = session.get_one(Resume, UUID(upload.json()["id"]))
    resume.status, resume.profile = ResumeStatus.READY, PROFILE
    session.commit()

    created = client.post(
        "/api/v1/interviews",
        headers=headers,
        json={
            "resume_id": str(resume.id),
            "target_role": "백엔드 개발자",
            "company": "한빛커머스",
            "consents": {"scoring": True},
        },
    )
    assert created.status_code == 201, created.text
    interview = created.json()
    assert "김하늘" in interview["turns"][0]["question"]["text"]
    assert "한빛커머스" in interview["turns"][0]["question"]["text"]
    path = f"/api/v1/interviews/{interview['id']}"
    for position in range(1, interview["question_count"] + 1):
        interview = client.get(path, headers=headers).json()
        question = interview["turns"][-1]["question"]
        assert question["position"] == position
        answered = client.post(
            f"{path}/answers", headers=headers, json={"question_id": question["id"], "text": f"답변 {position}"}
        )
        assert answered.status_code == 202, answered.text
        _ask_next(session, UUID(interview["id"]))
    finished = client.get(path, headers=headers).json()
    assert finished["status"] == "finished"
    assert finished["report_status"] == "pending"
    assert [turn["answer"]["text"] for turn in finished["turns"]] == [f"답변 {n}" for n in range(1, 6)]

    report = session.get_one(Report, UUID(interview["id"]))
    report.status, report.not_scored_reason = ReportStatus.READY, "no_model"
    session.commit()
    read = client.get(f"{path}/report", headers=headers).json()
    assert read["overall_score"] is None
    assert read["not_scored_reason"] == "no_model"
    assert client.post(f"{path}/report/retry", headers=headers).status_code == 202


def _ask_next(session: Session, interview_id: UUID) -> None:
    interview = lock_interview(session, interview_id)
    assert interview is not None
    ask_template(session, interview, fallback_reason="no_model")
    session.commit()
