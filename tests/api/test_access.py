"""Who may do what: every operation of the OpenAPI document for nobody, another candidate, and an operator."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session, select

from interview_api.app import describe_app
from interview_core.db.tables import (
    Interview,
    Job,
    JobState,
    LearningItem,
    LearningPath,
    Question,
    QuestionSet,
    Resume,
    ReviewRequest,
    ReviewState,
)
from tests.api.conftest import Person, error_code, resources_of
from tests.factories import make_interview, make_learning_path, make_question_set, make_resume
from tests.report_factories import make_report

PUBLIC = {
    "register_user", "sign_in", "refresh_token", "sign_out", "list_scenarios", "read_system_status", "check_health",
    "check_readiness",
}  # fmt: skip
OWN_RESUME = {
    "read_resume", "download_resume", "stream_resume_events", "reprocess_resume", "delete_resume",
    "correct_profile", "list_resume_passages", "list_resume_claims",
}  # fmt: skip
OWN_INTERVIEW = {
    "read_interview", "delete_interview", "submit_answer", "skip_question", "finish_interview", "update_consents",
    "create_media_ticket", "stream_interview_events", "read_report", "retry_report", "update_draft",
    "compare_reports", "export_report", "request_report_pdf", "read_report_pdf", "download_report_pdf",
    "repeat_question", "give_hint", "take_moment", "pause_interview", "resume_interview",
    "read_transcript", "upload_recording", "read_spoken_question", "set_voice_baseline", "read_voice_baseline",
    "read_delivery", "list_consents", "read_report_explanation", "request_review", "withdraw_review",
}  # fmt: skip
OWN_LEARNING_PATH = {
    "read_learning_path", "stream_learning_path_events", "retry_learning_path", "mark_learning_item",
    "delete_learning_path",
}  # fmt: skip
OWN_QUESTION_SET = {
    "read_question_set", "stream_question_set_events", "retry_question_set", "delete_question_set",
}  # fmt: skip
NAMES_IN_BODY = {
    "create_interview", "search_resumes", "create_learning_path", "create_question_set",
    "create_question_sets",
}  # fmt: skip
OWN = OWN_RESUME | OWN_INTERVIEW | OWN_LEARNING_PATH | OWN_QUESTION_SET | NAMES_IN_BODY
NOT_FOUND = {
    **dict.fromkeys(OWN_RESUME | NAMES_IN_BODY, "RESUME_NOT_FOUND"),
    **dict.fromkeys(OWN_INTERVIEW, "INTERVIEW_NOT_FOUND"),
    **dict.fromkeys(OWN_LEARNING_PATH, "LEARNING_PATH_NOT_FOUND"),
    **dict.fromkeys(OWN_QUESTION_SET, "QUESTION_SET_NOT_FOUND"),
}
ONESELF = {
    "change_password", "read_me", "update_me", "read_own_usage", "read_progress", "upload_resume", "create_resume",
    "list_resumes", "list_interviews", "list_learning_paths", "list_question_sets",
}  # fmt: skip
OPERATORS = {
    "list_jobs", "retry_job", "discard_job", "list_workers", "read_usage", "list_reviews", "read_review_case",
    "answer_review",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str


def operations() -> list[Operation]:
    paths: dict[str, dict[str, Any]] = describe_app().openapi()["paths"]
    return [
        Operation(details["operationId"], method, path)
        for path, methods in paths.items()
        for method, details in methods.items()
    ]


OPERATIONS = operations()
IDS = [operation.id for operation in OPERATIONS]


@dataclass(frozen=True)
class Belongings:
    resume: Resume
    interview: Interview
    question: Question
    job: Job
    learning_path: LearningPath
    learning_item: LearningItem
    question_set: QuestionSet
    review: ReviewRequest


@pytest.fixture
def belongings(client: TestClient, candidate: Person, session: Session) -> Belongings:
    """What a candidate has that others must not reach."""
    resources = resources_of(client)
    resume = make_resume(session, candidate.row)
    resources.storage.put(resume.file, b"%PDF-1.7 private")
    interview = make_interview(session, candidate.row, resume)
    session.execute(
        text(
            "INSERT INTO job (id, task, queue, payload, subject_id, state, attempt, max_attempts, expires_at,"
            " published_count, progress)"
            " VALUES (:id, 'resume.parse', 'cpu_queue', '{}', :resume_id, 'dead', 4, 4, now(), 1, 0)"
        ),
        {"id": uuid4(), "resume_id": resume.id},
    )
    session.commit()
    question = session.exec(select(Question)).one()
    path = make_learning_path(session, candidate.row, resume)
    item = session.exec(select(LearningItem)).one()
    question_set = make_question_set(session, candidate.row, resume)
    reviewed = make_report(session, candidate.row)
    review = ReviewRequest(user_id=candidate.row.id, interview_id=reviewed.id, text="x", shares_transcript=True)
    session.add(review)
    session.commit()
    return Belongings(
        resume,
        interview,
        question,
        session.exec(select(Job).where(Job.task == "resume.parse")).one(),
        path,
        item,
        question_set,
        review,
    )


def send(client: TestClient, operation: Operation, things: Belongings, headers: dict[str, str]) -> Any:
    path = operation.path.format(
        question_id=things.question.id,
        resume_id=things.resume.id,
        interview_id=things.interview.id,
        job_id=things.job.id,
        learning_path_id=things.learning_path.id,
        item_id=things.learning_item.id,
        question_set_id=things.question_set.id,
        review_id=things.review.id,
    )
    options: dict[str, Any] = {"headers": headers}
    bodies = {
        "create_interview": {"resume_id": str(things.resume.id), "target_role": "x"},
        "search_resumes": {"resume_id": str(things.resume.id), "query": "x"},
        "create_learning_path": {"resume_id": str(things.resume.id), "target_role": "x"},
        "create_question_set": {"resume_id": str(things.resume.id), "target_role": "x"},
        "create_question_sets": {"resume_ids": [str(things.resume.id)], "target_role": "x"},
        "mark_learning_item": {"is_done": True},
        "request_review": {"text": "somebody else's words"},
        "answer_review": {"outcome": "upheld", "text": "an answer"},
        "submit_answer": {"question_id": str(things.question.id), "text": "an answer"},
        **{
            name: {"question_id": str(things.question.id)}
            for name in ("skip_question", "repeat_question", "give_hint", "take_moment")
        },
        "update_draft": {"question_id": str(things.question.id), "text": "an ans"},
        "update_consents": {"scoring": False},
        "update_me": {},
        "correct_profile": {"name": "somebody else"},
        "create_resume": {"summary": "words"},
        "change_password": {"current_password": "anything at all", "new_password": "anything else"},
        "register_user": {"username": "newcomer", "password": "long enough"},
    }
    if operation.id == "compare_reports":
        options["params"] = {"a": str(things.interview.id), "b": str(uuid4())}
    if operation.id in bodies:
        options["json"] = bodies[operation.id]
    if operation.id == "upload_resume":
        options["files"] = {"file": ("resume.txt", b"words")}
    if operation.id in ("upload_recording", "set_voice_baseline"):
        options["files"] = {"file": ("answer.wav", b"RIFF....WAVE")}
    if operation.id == "sign_in":
        options["data"] = {"username": "nobody", "password": "long enough"}
    return client.request(operation.method, path, **options)


def test_every_operation_has_a_row_in_this_matrix() -> None:
    rows = [PUBLIC, OWN, ONESELF, OPERATORS]
    assert set(IDS) == set().union(*rows)
    assert len(IDS) == len(set(IDS)) == sum(map(len, rows))


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_nobody_reaches_what_needs_a_sign_in(client: TestClient, belongings: Belongings, operation: Operation) -> None:
    response = send(client, operation, belongings, {})
    if operation.id in PUBLIC:
        assert response.status_code < 500
        assert response.status_code != 401 or operation.id in ("sign_in", "refresh_token")
    else:
        assert (response.status_code, error_code(response)) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("who", ["stranger", "operator"])
@pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if operation.id in OWN],
    ids=lambda operation: operation.id,
)
def test_what_belongs_to_another_candidate_is_not_there(
    client: TestClient, belongings: Belongings, operation: Operation, who: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    response = send(client, operation, belongings, person.headers)
    assert response.status_code == 404
    assert error_code(response) == NOT_FOUND[operation.id]
    missing = Belongings(
        Resume(id=uuid4()),
        Interview(id=uuid4()),
        belongings.question,
        belongings.job,
        LearningPath(id=uuid4()),
        belongings.learning_item,
        QuestionSet(id=uuid4()),
        belongings.review,
    )
    nowhere = send(client, operation, missing, person.headers)
    assert {**nowhere.json(), "timestamp": "", "request_id": ""} == {
        **response.json(), "timestamp": "", "request_id": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "operation_id", ["list_resumes", "list_interviews", "list_learning_paths", "list_question_sets"]
)
def test_lists_hold_ones_own_only(
    client: TestClient, belongings: Belongings, stranger: Person, candidate: Person, operation_id: str
) -> None:
    operation = next(item for item in OPERATIONS if item.id == operation_id)
    assert send(client, operation, belongings, stranger.headers).json() == {"items": [], "total": 0}
    own = 2 if operation_id == "list_interviews" else 1
    assert send(client, operation, belongings, candidate.headers).json()["total"] == own


@pytest.mark.parametrize(
    "operation", [item for item in OPERATIONS if item.id in OPERATORS], ids=lambda operation: operation.id
)
def test_operations_are_for_operators(
    client: TestClient, belongings: Belongings, stranger: Person, operator: Person, operation: Operation
) -> None:
    refused = send(client, operation, belongings, stranger.headers)
    assert (refused.status_code, error_code(refused)) == (403, "NOT_ALLOWED")
    if operation.id == "answer_review":
        send(client, next(item for item in OPERATIONS if item.id == "read_review_case"), belongings, operator.headers)
    assert send(client, operation, belongings, operator.headers).status_code in (200, 202)


def test_nothing_of_a_candidate_changed_by_all_that(
    client: TestClient, belongings: Belongings, stranger: Person, session: Session
) -> None:
    for operation in OPERATIONS:
        if operation.id not in OPERATORS | PUBLIC | {"upload_resume", "create_resume"}:
            send(client, operation, belongings, stranger.headers)
    session.expire_all()
    assert session.exec(select(Resume)).one().id == belongings.resume.id
    interview = session.get_one(Interview, belongings.interview.id)
    assert session.exec(select(ReviewRequest)).one().state is ReviewState.REQUESTED
    assert (interview.sequence, interview.answered_count, interview.media_epoch) == (2, 0, 0)
    assert session.exec(select(Job.state).where(Job.task == "resume.parse")).one() is JobState.DEAD
    assert session.exec(select(LearningItem.done_at)).one() is None
    assert session.exec(select(QuestionSet)).one().id == belongings.question_set.id
