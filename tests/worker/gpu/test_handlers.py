"""The handlers of the GPU queue on real PostgreSQL and Redis."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, select

from interview_core import interview as machine
from interview_core import jobs
from interview_core.contract.payloads import EvaluateAnswer, WriteReport
from interview_core.contract.tasks import EVALUATE_ANSWER, NEXT_QUESTION, WRITE_REPORT
from interview_core.db.interviews import append_events, database_time, list_turns, load_state, lock_interview
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    Evaluation,
    EvaluationStatus,
    Interview,
    Job,
    JobState,
    Language,
    Question,
    Report,
    ReportStatus,
    ResumeChunk,
)
from interview_core.errors import EngineFailed
from interview_core.job_failures import settle
from interview_core.streams import Stream, stream_name
from interview_worker.binding import JobRun
from interview_worker.engines.language_model import DeadlinePassed, GenerationRequest, ModelState, OutputRefused
from interview_worker.gpu.evaluation import load_answer, save_verdict
from interview_worker.gpu.findings import STAR_PARTS
from interview_worker.gpu.judgement import aspect_keys
from interview_worker.gpu.judging import judge
from interview_worker.gpu.resources import GpuResources
from interview_worker.rubrics.loader import load_rubric
from tests.factories import answer_question, ask_template, make_interview, make_resume, make_user
from tests.worker.gpu.conftest import SCRIPT
from tests.worker.gpu.fakes import FakeGeneration, FakeLanguageModel, no_model, prompt_of

SHORT = ("communication", "technical_depth", "problem_solving", "collaboration", "motivation")
"""The competencies that the short scenario's questions are for, in order."""

RunJobs = Callable[..., list[JobState]]

ANSWER = (
    "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다. "
    "다만 무효화 방법은 깊게 보지 못해서 지금 다시 공부하고 있습니다."
)


def events_of(redis: Redis, interview: Interview) -> list[tuple[str, dict[str, Any]]]:
    entries: Any = redis.xrange(stream_name(Stream.INTERVIEW, interview.id))
    return [(fields[b"kind"].decode(), json.loads(fields[b"data"])) for _, fields in entries]


def judgement(*, competency: str, quote: str = "Redis 캐시를 두었고", score: int = 70, **changes: Any) -> str:
    keys = dict.fromkeys((competency, "communication"))
    return json.dumps(
        {
            "summary": "도입한 이유와 결과를 말했습니다.",
            "covered": dict.fromkeys(aspect_keys(6)),
            "star": dict.fromkeys(STAR_PARTS),
            "points": [
                {"kind": "strength", "text": "수치로 보여 주었습니다.", "quote": "800ms에서 200ms로 줄었습니다"},
                {"kind": "improvement", "text": "지어낸 인용입니다.", "quote": "장애를 세 번 막았습니다"},
            ],
            "competencies": {key: {"score": score, "comment": "근거가 있습니다.", "quote": quote} for key in keys},
            "improved_answer": "조회가 몰려 캐시를 두었고 p95를 줄였습니다.",
        }
        | changes,
        ensure_ascii=False,
    )


@pytest.fixture
def interview(session: Session) -> Interview:
    """A Korean five-question interview on a résumé; its first question is open."""
    user = make_user(session)
    return make_interview(session, user, make_resume(session, user))


def second_question(session: Session, interview: Interview) -> Question:
    session.expire_all()
    return session.exec(select(Question).where(Question.interview_id == interview.id, Question.position == 2)).one()


def finish(session: Session, interview: Interview, *texts: str) -> list[Answer]:
    """Answer every question of the interview, so that its report is requested; texts repeat from the first."""
    answers = []
    for position in range(interview.question_count):
        if position:
            ask_template(session, interview)
        answers.append(answer_question(session, interview, texts[position % len(texts)]))
    return answers


def report_of(session: Session, interview: Interview) -> Report:
    session.expire_all()
    return session.get_one(Report, interview.id)


def test_the_models_question_streams_token_by_token_and_is_stored_once(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)
    asked = "캐시를 무효화하는 방법으로 무엇을 비교해 보셨나요?"

    assert run_jobs(NEXT_QUESTION.name, FakeLanguageModel([asked]), times=2) == [JobState.DONE]

    question = second_question(session, interview)
    assert question.text == asked
    assert question.answered_by["provider"] == "fake"
    assert question.answered_by["model"] == "fake.gguf"
    assert question.answered_by["prompt_version"] == "next_question.ko@1"
    assert question.answered_by["is_fallback"] is False
    assert question.type == "implementation"
    assert question.difficulty == "hard"
    kinds = events_of(redis, interview)
    assert [kind for kind, _ in kinds] == ["question.started", *["question.token"] * 6, "question.ready"]
    assert "".join(data["text"] for kind, data in kinds if kind == "question.token") == asked
    assert kinds[-1][1]["id"] == str(question.id)
    assert kinds[0][1] == {"position": 2, "stage": "skill"}


def test_without_a_model_the_bank_asks_about_the_resumes_own_facts_and_says_so(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)

    assert run_jobs(NEXT_QUESTION.name, no_model()) == [JobState.DONE]

    question = second_question(session, interview)
    assert question.answered_by["provider"] == "question_bank"
    assert question.answered_by["is_fallback"] is True
    assert question.answered_by["fallback_reason"] == "no_model"
    assert question.answered_by["model"] is None
    assert question.source_quote
    assert question.covers
    assert [kind for kind, _ in events_of(redis, interview)] == ["question.started", "question.ready"]


def test_a_whole_interview_without_a_model_never_repeats_a_question(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user), scenario_id="standard")
    for _ in range(interview.question_count - 1):
        answer_question(session, interview, ANSWER)
        run_jobs(NEXT_QUESTION.name, no_model())
        session.expire_all()

    questions = [question for question, _ in list_turns(session, interview.id)]
    assert len(questions) == 15
    assert len({question.text for question in questions}) == 15
    opening = [question for question in questions if question.stage not in ("introduction", "review", "highlight")]
    assert {question.answered_by["provider"] for question in opening} == {"question_bank"}
    assert all(question.answered_by["is_fallback"] for question in questions[1:])


def test_half_a_question_is_taken_back_when_the_model_fails(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)
    first_question = session.exec(select(Question.text).where(Question.interview_id == interview.id)).one()

    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([first_question, DeadlinePassed("slow")]))

    kinds = [kind for kind, _ in events_of(redis, interview)]
    assert kinds[-2:] == ["question.reset", "question.ready"]
    question = second_question(session, interview)
    assert question.answered_by["provider"] == "question_bank"
    assert question.answered_by["fallback_reason"] == "model_timeout"


def test_a_question_in_the_wrong_language_is_tried_again_and_replaced(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)
    good = "캐시가 어긋났을 때는 어떻게 알아차리셨나요?"

    run_jobs(NEXT_QUESTION.name, FakeLanguageModel(["What was the hardest part of this project?", good]))

    kinds = [kind for kind, _ in events_of(redis, interview)]
    assert kinds.count("question.reset") == 1
    assert second_question(session, interview).text == good


def test_the_prompt_holds_the_resumes_masked_passages_and_no_contact_data(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    for position, (section, passage) in enumerate(
        [("contact", "김하늘 [phone]"), ("projects", "주문 서비스의 캐시를 개선")]
    ):
        session.add(
            ResumeChunk(resume_id=interview.resume_id, position=position, section=section, page=1, text=passage)
        )
    session.commit()
    answer_question(session, interview, ANSWER)
    model = FakeLanguageModel(["캐시를 무효화하는 방법으로 무엇을 비교해 보셨나요?"])

    run_jobs(NEXT_QUESTION.name, model)

    prompt = prompt_of(model.requests[0])
    assert "주문 서비스의 캐시를 개선" in prompt
    assert ANSWER in prompt
    for personal in ("김하늘", "010-1234-5678", "sky@example.com", "한국대"):
        assert personal not in prompt


def test_what_an_answer_says_of_the_candidate_is_masked_in_every_prompt(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    told = (
        "010-4821-7753으로 전화 주시거나 sky@example.org로 보내 주세요. "
        "주민번호는 900101-1234568이고 서울시 강남구 테헤란로 152에 삽니다."
    )
    answer = answer_question(session, interview, f"{ANSWER} {told}")
    asking = FakeLanguageModel(["캐시를 무효화하는 방법으로 무엇을 비교해 보셨나요?"])
    judging = FakeLanguageModel([judgement(competency="communication")])

    run_jobs(NEXT_QUESTION.name, asking)
    run_jobs(EVALUATE_ANSWER.name, judging)

    for model in (asking, judging):
        prompt = prompt_of(model.requests[0])
        assert ANSWER in prompt
        for personal in ("010-4821-7753", "sky@example.org", "900101-1234568", "테헤란로 152"):
            assert personal not in prompt
    evidence = session.get_one(Evaluation, answer.id).content["points"][0]["evidence"]
    assert answer.text[evidence["start"] : evidence["end"]] == evidence["quote"]


def test_a_deleted_interview_ends_its_jobs_without_a_trace(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)
    session.delete(session.get_one(Interview, interview.id))
    session.commit()

    assert run_jobs(NEXT_QUESTION.name, no_model()) == [JobState.DONE]
    assert run_jobs(EVALUATE_ANSWER.name, no_model()) == [JobState.DONE]
    assert session.exec(select(Question)).all() == []


def test_an_answer_is_scored_on_the_evidence_that_its_words_bear_out(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = answer_question(session, interview, ANSWER)

    assert run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([judgement(competency="communication")])) == [JobState.DONE]

    row = session.get_one(Evaluation, answer.id)
    assert row.status is EvaluationStatus.DONE
    assert row.score == 70
    assert [point["text"] for point in row.content["points"]] == ["수치로 보여 주었습니다."]
    evidence = row.content["points"][0]["evidence"]
    assert ANSWER[evidence["start"] : evidence["end"]] == evidence["quote"] == "800ms에서 200ms로 줄었습니다"
    assert row.answered_by is not None
    assert row.answered_by["model"] == "fake.gguf"
    assert row.versions == {
        "rubric": "standard@2", "prompt": "evaluate_answer.ko@2", "model": "fake.gguf", "code": "0.1.0",
    }  # fmt: skip


def test_without_scoring_consent_no_model_sees_the_answer(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user), consents=())
    answer = answer_question(session, interview, ANSWER)
    model = FakeLanguageModel([])

    run_jobs(EVALUATE_ANSWER.name, model)

    row = session.get_one(Evaluation, answer.id)
    assert (row.status, row.not_scored_reason, row.score) == (EvaluationStatus.NOT_SCORED, "no_consent", None)
    assert model.requests == []


@pytest.mark.parametrize("text", ["모르겠습니다.", "음...", "ㅎㅎ", "I don't know"])
def test_an_answer_that_says_nothing_is_not_judged(
    session: Session, interview: Interview, run_jobs: RunJobs, text: str
) -> None:
    answer = answer_question(session, interview, text)

    run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([]))

    assert session.get_one(Evaluation, answer.id).not_scored_reason == "not_enough_evidence"


def test_a_judgement_that_stays_invalid_is_a_failed_evaluation_and_no_number(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = answer_question(session, interview, ANSWER)

    assert run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel(["{}", '{"summary": 3'])) == [JobState.DONE]

    row = session.get_one(Evaluation, answer.id)
    assert (row.status, row.not_scored_reason, row.score) == (EvaluationStatus.FAILED, "evaluation_failed", None)


def test_a_failing_model_makes_the_job_run_again(session: Session, interview: Interview, run_jobs: RunJobs) -> None:
    answer = answer_question(session, interview, ANSWER)

    assert run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([EngineFailed("llama_decode")])) == [JobState.QUEUED]

    assert session.get(Evaluation, answer.id) is None


def test_a_report_without_a_model_is_ready_and_says_why_it_has_no_score(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    finish(session, interview, ANSWER)

    assert run_jobs(WRITE_REPORT.name, no_model()) == [JobState.DONE]

    report = report_of(session, interview)
    assert (report.status, report.percent) == (ReportStatus.READY, 100)
    assert (report.overall_score, report.not_scored_reason) == (None, "no_model")
    assert report.finished_at is not None
    assert {item["not_scored_reason"] for item in report.content["competencies"]} == {"no_model"}
    assert {item["score"] for item in report.content["competencies"]} == {None}
    kinds = [kind for kind, _ in events_of(redis, interview)]
    assert kinds[-1] == "report.ready"
    assert kinds.count("report.progress") == 6


def test_a_report_judges_what_is_not_judged_yet_and_adds_it_up_by_the_rubrics_weights(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    finish(session, interview, ANSWER)
    judgements = [
        judgement(competency="communication", score=60),
        judgement(competency="technical_depth", score=80),
        judgement(competency="problem_solving", score=40),
        judgement(competency="collaboration", score=90, quote="함께 정한 적이 있습니다"),
        judgement(competency="motivation", score=50),
    ]
    summary = "캐시를 도입한 이유와 결과를 수치로 설명하신 점이 좋았습니다. 무효화 방법을 더 준비하시면 좋겠습니다."

    assert run_jobs(WRITE_REPORT.name, FakeLanguageModel([*judgements, summary])) == [JobState.DONE]

    report = report_of(session, interview)
    scores = {item["key"]: item["score"] for item in report.content["competencies"]}
    # collaboration's only quote is not in the answer, so neither its score nor that answer's counts
    assert scores == {
        "technical_depth": 80, "problem_solving": 40, "execution": None, "collaboration": None,
        "communication": 57.5, "responsibility": None, "learning": None, "motivation": 50,
    }  # fmt: skip
    assert report.overall_score == round((80 * 20 + 40 * 20 + 57.5 * 10 + 50 * 7) / 57, 1)
    assert report.not_scored_reason is None
    assert report.content["summary"] == summary
    assert report.content["strengths"] == ["수치로 보여 주었습니다."]
    assert report.versions["model"] == "fake.gguf"


def test_a_report_is_written_although_one_evaluation_fails(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answers = finish(session, interview, ANSWER, "모르겠습니다.")
    model = FakeLanguageModel(
        [EngineFailed("gone"), judgement(competency="problem_solving"), DeadlinePassed("slow"), OutputRefused("no")]
    )

    assert run_jobs(WRITE_REPORT.name, model) == [JobState.DONE]

    report = report_of(session, interview)
    assert report.status is ReportStatus.READY
    assert report.overall_score == 70
    assert report.content["summary"] is None
    assert session.get_one(Evaluation, answers[0].id).status is EvaluationStatus.FAILED
    assert session.get_one(Evaluation, answers[1].id).not_scored_reason == "not_enough_evidence"


def test_a_report_on_nothing_says_no_answers(session: Session, interview: Interview, run_jobs: RunJobs) -> None:
    session.add(Report(interview_id=interview.id))
    jobs.enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)
    session.commit()

    run_jobs(WRITE_REPORT.name, FakeLanguageModel([]))

    report = report_of(session, interview)
    assert (report.status, report.not_scored_reason) == (ReportStatus.READY, "no_answers")


def test_a_report_retried_with_a_model_scores_what_had_no_model_before(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    finish(session, interview, ANSWER)
    run_jobs(WRITE_REPORT.name, no_model())
    jobs.enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)
    session.commit()

    model = FakeLanguageModel([*(judgement(competency=key) for key in SHORT), "수치로 설명하신 점이 좋았습니다."])
    run_jobs(WRITE_REPORT.name, model)

    report = report_of(session, interview)
    assert (report.overall_score, report.not_scored_reason) == (70, None)


def test_withdrawn_consent_removes_scores_that_were_given(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answers = finish(session, interview, ANSWER)
    run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([judgement(competency=key) for key in SHORT]))
    session.add(
        Consent(
            user_id=interview.user_id,
            interview_id=interview.id,
            purpose=ConsentPurpose.SCORING,
            is_granted=False,
            text_version="2026-11",
        )
    )
    session.commit()

    run_jobs(WRITE_REPORT.name, FakeLanguageModel([]))

    report = report_of(session, interview)
    assert (report.overall_score, report.not_scored_reason) == (None, "no_consent")
    assert {session.get_one(Evaluation, answer.id).score for answer in answers} == {None}


def test_a_report_waits_for_an_evaluation_that_runs_already(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    answer = answer_question(session, interview, ANSWER)
    locked = lock_interview(session, interview.id)
    assert locked is not None
    state = load_state(session, interview.id)
    append_events(session, locked, state, machine.finish(state, database_time(session)))
    session.commit()
    job_id = session.exec(select(Job.id).where(Job.task == EVALUATE_ANSWER.name)).one()
    claim = jobs.claim(session, job_id, lease_s=60)
    assert claim is not None
    model = FakeLanguageModel(["조회가 몰린 까닭과 결과를 수치로 설명하셨습니다."])
    report = threading.Thread(target=lambda: run_jobs(WRITE_REPORT.name, model))
    report.start()
    time.sleep(1)

    material = load_answer(session, answer.id)
    assert material is not None
    judging = FakeLanguageModel([judgement(competency="communication")])
    verdict = judge(material.answer, judging, load_rubric(), has_consent=True, deadline_s=60)
    session.rollback()
    with JobRun(claim, resources.sessions).complete() as writing:
        save_verdict(writing, answer.id, verdict)
    report.join(60)

    assert len(model.requests) == 1
    assert report_of(session, interview).overall_score == 70


def test_a_worker_that_lost_its_lease_asks_nothing(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, ANSWER)

    class Slow(FakeLanguageModel):
        def generate(self, request: GenerationRequest) -> FakeGeneration:
            session.execute(text("UPDATE job SET owner = gen_random_uuid() WHERE state = 'running'"))
            session.commit()
            return super().generate(request)

    assert run_jobs(NEXT_QUESTION.name, Slow(["캐시가 어긋났을 때는 어떻게 알아차리셨나요?"])) == [JobState.RUNNING]

    assert session.exec(select(Question).where(Question.position == 2)).all() == []
    assert "question.ready" not in [kind for kind, _ in events_of(redis, interview)]


def test_a_late_evaluation_does_not_overwrite_the_reports(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = answer_question(session, interview, ANSWER)
    run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([judgement(competency="communication")]))
    jobs.enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview.id)
    session.commit()

    run_jobs(EVALUATE_ANSWER.name, FakeLanguageModel([]))

    session.expire_all()
    assert session.get_one(Evaluation, answer.id).score == 70


def test_an_english_interview_is_asked_and_judged_in_english(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user), language=Language.ENGLISH)
    said = "Reads were piling up, so I put Redis in front of the database and measured the effect."
    answer = answer_question(session, interview, said)
    asked = "How did you decide which entries of the cache to invalidate?"
    asking, judging = (
        FakeLanguageModel([asked]),
        FakeLanguageModel([judgement(competency="communication", quote="put redis in front")]),
    )

    run_jobs(NEXT_QUESTION.name, asking)
    run_jobs(EVALUATE_ANSWER.name, judging)

    assert second_question(session, interview).answered_by["prompt_version"] == "next_question.en@1"
    assert "You are an interviewer" in prompt_of(asking.requests[0])
    assert session.get_one(Evaluation, answer.id).versions["prompt"] == "evaluate_answer.en@2"


def test_with_a_model_file_llama_cpp_itself_asks_and_judges(
    session: Session, interview: Interview, run_jobs: RunJobs, make_model: Callable[..., Any]
) -> None:
    model = make_model()
    # The scripted model quotes its own script, so an answer that holds those words gives it evidence.
    said = f"{SCRIPT} 라는 질문에는 측정한 수치를 보고 판단했다고 답하겠습니다."
    answer = answer_question(session, interview, said)
    assert run_jobs(NEXT_QUESTION.name, model) == [JobState.DONE]
    question = second_question(session, interview)
    assert question.text == SCRIPT
    assert question.answered_by["provider"] == "llama.cpp"
    assert question.answered_by["model"] == "tiny-exaone.gguf"
    assert question.topic == "주문 캐시 개선"

    assert run_jobs(EVALUATE_ANSWER.name, model) == [JobState.DONE]

    row = session.get_one(Evaluation, answer.id)
    assert row.answered_by is not None
    assert row.answered_by["provider"] == "llama.cpp"
    assert row.content["summary"] == SCRIPT
    assert row.status is EvaluationStatus.DONE
    assert model.status().state is ModelState.READY


def test_a_question_whose_job_died_is_the_templates(session: Session, interview: Interview) -> None:
    answer_question(session, interview, ANSWER)
    dead = jobs.DeadJob(interview.id, NEXT_QUESTION.name, {"interview_id": str(interview.id), "position": 2}, "EXPIRED")

    settle(session, dead)
    session.commit()

    assert second_question(session, interview).answered_by["fallback_reason"] == "expired"
