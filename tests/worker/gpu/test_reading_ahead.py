"""Reading ahead while a candidate answers, and forgetting an interview."""

from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlmodel import Session

from interview_core.contract.payloads import ForgetInterview, ReadAhead
from interview_core.contract.tasks import EVALUATE_ANSWER, NEXT_QUESTION, WRITE_REPORT
from interview_core.db.interviews import load_state
from interview_core.db.tables import Interview, JobState, SegmentState
from interview_core.drafts import EXPIRES_S, Draft, put_draft, take_draft
from interview_worker.gpu.reading_ahead import forget_interview, read_ahead
from interview_worker.gpu.resources import GpuResources
from tests.factories import answer_question, ask_template, hear_segment, make_interview, make_resume, make_user
from tests.worker.gpu.fakes import FakeLanguageModel, no_model
from tests.worker.gpu.test_handlers import RunJobs

ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다."
ASKED = "캐시를 무효화하는 방법으로 무엇을 비교해 보셨나요?"


@pytest.fixture
def interview(session: Session) -> Interview:
    """A Korean five-question interview on a résumé; its first question is open."""
    user = make_user(session)
    return make_interview(session, user, make_resume(session, user))


def open_question(session: Session, interview: Interview) -> UUID:
    state = load_state(session, interview.id)
    assert state.current_position is not None
    return state.asked[state.current_position]


def test_what_was_typed_so_far_is_read_as_the_question_will_read_it(
    session: Session, interview: Interview, redis: Redis, resources: GpuResources, run_jobs: RunJobs
) -> None:
    model = FakeLanguageModel([ASKED])
    resources.language_model = model
    put_draft(redis, interview.id, Draft(open_question(session, interview), ANSWER[:30]))

    read_ahead(ReadAhead(interview_id=interview.id, position=2), resources)

    assert model.read[0].endswith(ANSWER[:30])
    answer_question(session, interview, ANSWER)
    assert run_jobs(NEXT_QUESTION.name, model) == [JobState.DONE]
    assert model.requests[0].messages[-1].text.startswith(model.read[0])


def test_what_was_said_so_far_is_read_while_the_candidate_speaks_on(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    model = resources.language_model = FakeLanguageModel([ASKED])
    words = ANSWER.split()
    for sequence, said in enumerate([words[:3], words[3:5]]):
        segment = hear_segment(session, interview, sequence)
        segment.text, segment.state = " ".join(said), SegmentState.DONE
        session.commit()
    hear_segment(session, interview, 2)

    read_ahead(ReadAhead(interview_id=interview.id, position=2), resources)

    assert model.read[0].endswith(" ".join(words[:5]))
    answer_question(session, interview, ANSWER)
    assert run_jobs(NEXT_QUESTION.name, model) == [JobState.DONE]
    assert model.requests[0].messages[-1].text.startswith(model.read[0])


def test_once_a_question_is_asked_the_model_reads_it_for_the_next_one(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    model = FakeLanguageModel([ASKED])
    answer_question(session, interview, ANSWER)
    run_jobs(NEXT_QUESTION.name, model)
    assert ASKED in model.read[0]
    assert ANSWER in model.read[0]


def test_a_draft_of_another_question_is_not_read(
    session: Session, interview: Interview, redis: Redis, resources: GpuResources
) -> None:
    resources.language_model = model = FakeLanguageModel()
    put_draft(redis, interview.id, Draft(uuid4(), "딴 질문에 쓰던 답변입니다."))
    read_ahead(ReadAhead(interview_id=interview.id, position=2), resources)
    assert "딴 질문에" not in model.read[0]


@pytest.mark.parametrize("position", [1, 6])
def test_nothing_is_read_for_a_question_that_will_not_come(
    interview: Interview, resources: GpuResources, position: int
) -> None:
    resources.language_model = model = FakeLanguageModel()
    read_ahead(ReadAhead(interview_id=interview.id, position=position), resources)
    read_ahead(ReadAhead(interview_id=uuid4(), position=2), resources)
    assert model.read == []


def test_a_draft_is_gone_once_it_was_taken_and_soon_if_nobody_takes_it(redis: Redis, resources: GpuResources) -> None:
    interview_id, draft = uuid4(), Draft(uuid4(), '따옴표 " 와 \\ 와 {중괄호}')
    put_draft(redis, interview_id, draft)
    assert 0 < redis.ttl(f"draft:{interview_id}") <= EXPIRES_S
    assert take_draft(redis, interview_id) == draft
    assert take_draft(redis, interview_id) is None

    put_draft(redis, interview_id, draft)
    resources.language_model = no_model()
    read_ahead(ReadAhead(interview_id=interview_id, position=2), resources)
    assert take_draft(redis, interview_id) is None


def test_a_model_forgets_an_interview_once_its_report_is_written_or_it_is_deleted(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    resources.language_model = model = FakeLanguageModel()
    forget_interview(ForgetInterview(interview_id=interview.id), resources)
    assert model.forgotten == [interview.id]

    for position in range(interview.question_count):
        if position:
            ask_template(session, interview)
        answer_question(session, interview, ANSWER)
    model = no_model()
    run_jobs(EVALUATE_ANSWER.name, model)
    assert run_jobs(WRITE_REPORT.name, model) == [JobState.DONE]
    assert model.forgotten == [interview.id]
