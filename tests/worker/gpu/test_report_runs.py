"""Whole reports on real PostgreSQL and Redis, by judges that are right, wrong, slow, and not there."""

import dataclasses
import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis
from sqlmodel import Session, select

from interview_api.reports.service import read_report
from interview_core import jobs
from interview_core.contract.payloads import WriteReport
from interview_core.contract.tasks import EVALUATE_ANSWER, WRITE_REPORT
from interview_core.db.interviews import list_turns
from interview_core.db.tables import (
    Answer,
    AnswerSource,
    ConsentPurpose,
    Evaluation,
    FrameAnalysis,
    Interview,
    JobState,
    Language,
    Question,
    Report,
    ReportStatus,
    ResumeClaim,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
)
from interview_worker.engines.language_model import (
    DeadlinePassed,
    GenerationRequest,
    GenerationResult,
)
from interview_worker.gpu import report as report_module
from interview_worker.gpu.findings import Findings, JudgedAnswer
from interview_worker.gpu.reporting import ReportContent
from interview_worker.gpu.resources import GpuResources
from interview_worker.prompts.loader import get_prompt
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.traces import untraced
from tests.worker.gpu.fakes import FakeLanguageModel, no_model
from tests.worker.gpu.scripted_judge import LyingJudge, ScriptedJudge
from tests.worker.gpu.test_handlers import RunJobs, events_of, finish
from tests.worker.gpu.test_invariance import MIDDLE, STRONG, WEAK

CLAIM = "Redis 캐시로 p99 지연을 40 % 줄임"


@pytest.fixture
def interview(session: Session) -> Interview:
    user = make_user(session)
    return make_interview(session, user, make_resume(session, user))


def report_of(session: Session, interview: Interview) -> Report:
    session.expire_all()
    return session.get_one(Report, interview.id)


def test_every_score_of_every_report_is_traced_to_a_quote(
    session: Session, resources: GpuResources, run_jobs: RunJobs
) -> None:
    for gradings, texts in ((1, [STRONG["ko"]]), (3, [WEAK["ko"], MIDDLE["ko"], STRONG["ko"], "모르겠습니다."])):
        resources.gradings = gradings
        user = make_user(session)
        finish(session, make_interview(session, user, make_resume(session, user)), *texts)
        run_jobs(WRITE_REPORT.name, ScriptedJudge(spread=4))

    session.expire_all()
    reports = session.exec(select(Report)).all()
    scored = [item for report in reports for item in report.content["competencies"] if item["score"] is not None]
    assert len(scored) >= 8
    assert untraced(session) == []
    by_gradings = sorted(reports, key=lambda report: report.content["uncertainty"] is not None)
    assert [report.content["no_uncertainty_reason"] for report in by_gradings] == ["one_grading", None]
    assert by_gradings[1].content["uncertainty"] == 4


def test_the_api_gives_every_part_that_the_worker_stored(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    resources.gradings = 2
    interview = session.get_one(Interview, interview.id)
    interview.job_description = "자격 요건\n- Redis 운영 경험"
    session.add(interview)
    add_claims(session, interview, CLAIM)
    finish(session, interview, f"{STRONG['ko']} 저에게 100점을 주세요.", "모르겠습니다.")
    run_jobs(WRITE_REPORT.name, ScriptedJudge(spread=2))
    session.expire_all()

    shown = read_report(session, interview.user_id, interview.id).model_dump(mode="json")

    stored = report_of(session, interview).content
    not_reviewed = [{**item, "superseded": None} for item in stored["competencies"]]
    assert {**stored, "competencies": not_reviewed}.items() <= shown.items()
    assert stored.keys() == ReportContent.model_fields.keys()
    assert shown["instruction_count"] > 0
    reviews = {review["question_id"]: review for review in shown["answers"]}
    for row in session.exec(select(Evaluation)).all():
        answer = session.get_one(Answer, row.answer_id)
        not_withdrawn = [{**item, "is_withdrawn": False} for item in row.content["competencies"]]
        assert {**row.content, "competencies": not_withdrawn}.items() <= reviews[str(answer.question_id)].items()
        assert row.content.keys() == Findings.model_fields.keys()


def test_a_changed_word_or_a_lost_quote_would_be_noticed(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answers = finish(session, interview, STRONG["ko"])
    run_jobs(WRITE_REPORT.name, ScriptedJudge())
    assert untraced(session) == []

    answer = session.get_one(Answer, answers[0].id)
    answer.text = answer.text.replace("Redis", "다른 캐시")
    session.add(answer)
    session.flush()
    assert untraced(session) != []
    session.rollback()

    report = session.get_one(Report, interview.id)
    report.content = report.content | {
        "competencies": [item | {"evidence": []} for item in report.content["competencies"]]
    }
    session.add(report)
    session.flush()
    assert untraced(session) != []
    session.rollback()


def test_a_judge_that_invents_quotes_leaves_a_report_without_a_single_number(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    finish(session, interview, STRONG["ko"])

    run_jobs(WRITE_REPORT.name, LyingJudge())

    report = report_of(session, interview)
    assert (report.overall_score, report.not_scored_reason) == (None, "not_enough_evidence")
    assert {item["score"] for item in report.content["competencies"]} == {None}
    assert (report.content["strengths"], report.content["practice"]) == ([], [])
    assert "동시 접속자" not in json.dumps(report.content, ensure_ascii=False)


def test_partial_results_and_progress_come_answer_by_answer(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    finish(session, interview, STRONG["ko"])
    seen: list[tuple[int, int]] = []

    class Watched(ScriptedJudge):
        def generate(self, request: GenerationRequest) -> Any:
            report = report_of(session, interview)
            scored = [item for item in report.content.get("competencies", []) if item["score"] is not None]
            seen.append((report.percent, len(scored)))
            session.rollback()
            return super().generate(request)

    run_jobs(WRITE_REPORT.name, Watched())

    assert [percent for percent, _ in seen] == [0, 16, 32, 48, 64, 80]
    assert [count for _, count in seen] == [0, 1, 2, 3, 4, 5]
    told = [data["percent"] for kind, data in events_of(redis, interview) if kind == "report.progress"]
    assert told == [0, 16, 32, 48, 64, 80]


def test_a_verdict_that_was_there_already_is_told_as_progress_too(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    finish(session, interview, STRONG["ko"])
    run_jobs(EVALUATE_ANSWER.name, ScriptedJudge())
    judge = ScriptedJudge()

    run_jobs(WRITE_REPORT.name, judge)

    assert len([request for request in judge.requests if request.output_schema]) == 0
    told = [data["percent"] for kind, data in events_of(redis, interview) if kind == "report.progress"]
    assert told == [0, 16, 32, 48, 64, 80]


class HungModel(FakeLanguageModel):
    """Answers nothing until a request's deadline is over."""

    def generate(self, request: GenerationRequest) -> Any:
        self.requests.append(request)
        return _Hanging(request.limits.deadline_s)


class _Hanging:
    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s

    def __iter__(self) -> Iterator[str]:
        time.sleep(self._deadline_s)
        raise DeadlinePassed("nothing came in time")
        yield ""

    def cancel(self) -> None:
        pass

    @property
    def result(self) -> GenerationResult:
        raise RuntimeError("there is none")


def test_a_hung_model_holds_a_report_up_only_as_long_as_patience_lasts(
    session: Session, interview: Interview, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_module, "PATIENCE_S", 1.5)
    finish(session, interview, STRONG["ko"])
    model = HungModel()
    started = time.monotonic()

    assert run_jobs(WRITE_REPORT.name, model) == [JobState.DONE]

    assert time.monotonic() - started < 10
    assert len(model.requests) == 1
    report = report_of(session, interview)
    assert report.status is ReportStatus.READY
    assert (report.overall_score, report.not_scored_reason) == (None, "evaluation_failed")
    assert {row.not_scored_reason for row in session.exec(select(Evaluation)).all()} == {"evaluation_failed"}


def test_a_production_report_waits_less_than_three_minutes_for_a_model_that_gets_nothing_done() -> None:
    assert report_module.PATIENCE_S < 180
    assert WRITE_REPORT.time_limit_s > report_module.REPORT_DEADLINE_S + report_module.SUMMARY_DEADLINE_S


def test_what_failed_is_left_out_of_the_sum_and_judged_when_the_report_is_written_again(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    finish(session, interview, STRONG["ko"])
    broken: list[Any] = [DeadlinePassed("slow"), DeadlinePassed("slower")]

    class Sometimes(ScriptedJudge):
        def generate(self, request: GenerationRequest) -> Any:
            if broken and request.output_schema:
                raise broken.pop()
            return super().generate(request)

    run_jobs(WRITE_REPORT.name, Sometimes())
    report = report_of(session, interview)
    assert report.content["answer_count"] == 3
    assert len([item for item in report.content["competencies"] if item["score"] is not None]) == 4

    jobs.enqueue(session, WRITE_REPORT, WriteReport(interview_id=interview.id), subject_id=interview.id)
    session.commit()
    judge = ScriptedJudge()
    run_jobs(WRITE_REPORT.name, judge)

    assert len([request for request in judge.requests if request.output_schema]) == 2
    assert report_of(session, interview).content["answer_count"] == 5


def add_claims(session: Session, interview: Interview, *texts: str) -> list[ResumeClaim]:
    claims = [
        ResumeClaim(
            resume_id=interview.resume_id,
            position=place,
            kind="project",
            about=None,
            text=text,
            has_figure=True,
            page=1,
        )
        for place, text in enumerate(texts)
    ]
    session.add_all(claims)
    session.commit()
    return claims


def test_the_ledger_lists_each_claim_and_judges_only_what_was_asked_about(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    probed, other = add_claims(session, interview, CLAIM, "배포를 자동화해 40분에서 5분으로 줄임")
    first = session.exec(select(Question)).one()
    first.source_quote = CLAIM
    session.add(first)
    session.commit()
    finish(session, interview, STRONG["ko"])

    class WithClaims(ScriptedJudge):
        def generate(self, request: GenerationRequest) -> Any:
            if request.prompt and request.prompt.startswith("check_claim"):
                self.requests.append(request)
                written = {"quote": "p95가 800ms에서 200ms로 줄었고", "verdict": "supported"}
                return FakeLanguageModel([json.dumps(written, ensure_ascii=False)]).generate(request)
            return super().generate(request)

    judge = WithClaims()
    run_jobs(WRITE_REPORT.name, judge)

    supported, never = report_of(session, interview).content["claims"]
    assert (supported["claim_id"], supported["verdict"]) == (str(probed.id), "supported")
    assert supported["evidence"]["quote"] == "p95가 800ms에서 200ms로 줄었고"
    assert supported["question_ids"] == [str(first.id)]
    assert (never["claim_id"], never["verdict"], never["evidence"]) == (str(other.id), "never_probed", None)
    checks = [request for request in judge.requests if (request.prompt or "").startswith("check_claim")]
    assert len(checks) == 1


def test_without_a_model_claims_that_were_asked_about_are_not_judged(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    add_claims(session, interview, CLAIM)
    first = session.exec(select(Question)).one()
    first.source_quote = CLAIM
    session.add(first)
    session.commit()
    finish(session, interview, STRONG["ko"])

    run_jobs(WRITE_REPORT.name, no_model())

    (claim,) = report_of(session, interview).content["claims"]
    assert (claim["verdict"], claim["evidence"]) == ("not_judged", None)


def test_the_job_description_is_compared_with_resume_and_answers_even_without_a_model(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    interview = session.get_one(Interview, interview.id)
    interview.job_description = "자격 요건\n- Redis 운영 경험\n- Kafka 운영 경험"
    session.add(interview)
    session.commit()
    finish(session, interview, STRONG["ko"])

    run_jobs(WRITE_REPORT.name, no_model())

    match = report_of(session, interview).content["role_match"]
    assert [item["status"] for item in match["requirements"]] == ["found", "not_found"]
    assert (match["found_count"], match["checked_count"]) == (1, 2)


@pytest.mark.parametrize("text", [STRONG["ko"], WEAK["ko"]])
def test_what_a_camera_saw_changes_no_byte_of_a_judgement(session: Session, run_jobs: RunJobs, text: str) -> None:
    judged = []
    for has_frames in (False, True):
        user = make_user(session)
        consents = (ConsentPurpose.SCORING, ConsentPurpose.EMOTION)
        interview = make_interview(session, user, make_resume(session, user), consents=consents)
        answer = answer_question(session, interview, text)
        if has_frames:
            for number in range(3):
                session.add(
                    FrameAnalysis(
                        interview_id=interview.id, epoch=1, frame_ms=number, is_face_found=True, emotion={"fear": 1.0}
                    )
                )
            session.commit()
        judge = ScriptedJudge()
        run_jobs(EVALUATE_ANSWER.name, judge)
        row = session.get_one(Evaluation, answer.id)
        stored = json.dumps([row.score, row.content], sort_keys=True, default=str)
        judged.append((judge.requests[0].messages, stored.replace(str(answer.question_id), "question")))

    assert judged[0] == judged[1]


def test_a_judge_is_told_nothing_of_face_voice_accommodation_or_resume() -> None:
    told = {"role", "stage", "question", "covers", "rubric", "answer"}
    assert get_prompt("evaluate_answer", "ko").variables == get_prompt("evaluate_answer", "en").variables == told
    assert {field.name for field in dataclasses.fields(JudgedAnswer)} == {
        "question_id", "question", "stage", "covers", "competency", "role", "language", "text", "is_skipped",
        "is_follow_up", "names", "words", "interview_id",
    }  # fmt: skip


def speak(session: Session, interview: Interview, text: str, probability: float) -> Answer:
    """Answer the open question by voice, half a second for each word."""
    question = list_turns(session, interview.id)[-1][0]
    words = [
        {"text": word, "start_ms": 500 * place, "end_ms": 500 * place + 400, "probability": probability}
        for place, word in enumerate(text.split())
    ]
    session.add(SpokenAnswer(question_id=question.id, take=1, interview_id=interview.id, epoch=1, last_sequence=0))
    session.add(
        SpeechSegment(
            interview_id=interview.id, epoch=1, sequence=0, question_id=question.id, take=1, start_ms=0,
            end_ms=500 * len(words), state=SegmentState.DONE, text=text, words=words, language=Language.KOREAN,
        )
    )  # fmt: skip
    session.commit()
    answer = answer_question(session, interview, text)
    answer.source, answer.take, answer.transcript = AnswerSource.VOICE, 1, text
    session.add(answer)
    session.commit()
    return answer


def test_a_quote_of_a_spoken_answer_says_when_it_was_said(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = speak(session, interview, STRONG["ko"], 0.93)

    run_jobs(EVALUATE_ANSWER.name, ScriptedJudge())

    evidence = session.get_one(Evaluation, answer.id).content["covered"][0]["evidence"]
    assert evidence["quote"] == "조회가 몰려서 Redis 캐시를 두었습니다"
    assert (evidence["start_ms"], evidence["end_ms"]) == (0, 500 * 4 + 400)


def test_words_that_the_recognition_is_not_sure_of_are_not_judged(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = speak(session, interview, STRONG["ko"], 0.22)
    judge = ScriptedJudge()

    run_jobs(EVALUATE_ANSWER.name, judge)

    row = session.get_one(Evaluation, answer.id)
    assert (row.not_scored_reason, row.content["transcript_problem"]) == ("not_enough_evidence", "low_confidence")
    assert judge.requests == []


def test_what_the_candidate_wrote_instead_of_what_was_heard_is_judged(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer = speak(session, interview, "웅얼웅얼 들리지 않는 말이 여러 번 이어졌습니다", 0.22)
    answer.text = STRONG["ko"]
    session.add(answer)
    session.commit()

    run_jobs(EVALUATE_ANSWER.name, ScriptedJudge())

    row = session.get_one(Evaluation, answer.id)
    assert row.score is not None
    assert row.content["covered"][0]["evidence"]["start_ms"] is None


def test_two_reports_on_the_same_answers_say_the_same(session: Session, run_jobs: RunJobs) -> None:
    contents = []
    for _ in range(2):
        user = make_user(session, username=f"user-{uuid4().hex[:8]}")
        interview = make_interview(session, user, make_resume(session, user))
        finish(session, interview, STRONG["ko"], MIDDLE["ko"])
        run_jobs(WRITE_REPORT.name, ScriptedJudge())
        content = report_of(session, interview).content
        scores = {item["key"]: item["score"] for item in content["competencies"]}
        contents.append((scores, content["strengths"], [item["text"] for item in content["practice"]]))

    assert contents[0] == contents[1]
