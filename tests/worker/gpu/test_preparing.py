"""Questions that are prepared while a candidate answers, follow-ups that are decided, and topics that come back."""

from threading import Semaphore
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from interview_core.contract.tasks import EVALUATE_ANSWER, NEXT_QUESTION, PREPARE_QUESTION
from interview_core.db.interviews import list_turns
from interview_core.db.tables import (
    Answer,
    ConsentPurpose,
    Interview,
    Job,
    JobState,
    PreparedQuestion,
    Question,
    ResumeClaim,
    SpokenQuestion,
)
from interview_core.db.workers import beat
from interview_core.interview_state import Outcome
from interview_core.plan import PlanWishes
from interview_worker.engines.language_model import DeadlinePassed
from interview_worker.gpu.follow_up import DEADLINE_S, AnswerInContext, decide
from interview_worker.gpu.model_pace import ModelPace
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.returning import choose_topic
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.worker.gpu.fakes import FakeLanguageModel, no_model, prompt_of
from tests.worker.gpu.scripted_judge import ScriptedJudge
from tests.worker.gpu.test_handlers import RunJobs, events_of

PLAIN = (
    "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다. 무효화는 쓰기 시점에 제가 직접 넣었습니다."
)
VAGUE = "여러 가지 방법으로 잘 개선했습니다."
PREPARED = "주문 캐시 개선에서 캐시가 어긋났을 때는 어떻게 알아차리셨나요?"
LONG_AND_EMPTY = (
    "저는 그 도구를 오래 써 왔고 지금도 아침마다 켭니다. 화면은 익숙하고 단축키도 손에 붙어 있습니다. "
    "동료들은 가끔 저에게 물어보고 저는 아는 만큼 답합니다. 문서도 틈틈이 읽고 새 판이 나오면 소식을 챙겨 봅니다. "
    "책상에는 관련 책이 놓여 있고 주말에도 들춰 봅니다. 처음 배울 때는 낯설었지만 이제는 편안합니다."
)
SHORT_AND_MEASURED = "문의가 몰려 제가 표를 만들었고, 다른 방법과 비교해 30건을 3건으로 낮췄습니다."
OTHER = "결제 승인 시간이 길어졌을 때는 무엇부터 확인하셨나요?"


@pytest.fixture
def interview(session: Session) -> Interview:
    """A Korean interview about introduction, a skill and a closing; its first question is open."""
    user = make_user(session)
    return make_interview(session, user, make_resume(session, user))


def newest(session: Session, interview: Interview) -> Question:
    session.expire_all()
    return list_turns(session, interview.id)[-1][0]


def prepared(session: Session) -> list[PreparedQuestion]:
    session.expire_all()
    return list(session.exec(select(PreparedQuestion)).all())


def test_a_prepared_question_is_asked_at_once_and_the_model_is_not_asked_again(
    session: Session, interview: Interview, redis: Redis, run_jobs: RunJobs
) -> None:
    assert run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED])) == [JobState.DONE]
    assert [(row.slot, row.after_position) for row in prepared(session)] == [(1, 1)]
    assert events_of(redis, interview) == []

    answer_question(session, interview, PLAIN)
    assert run_jobs(NEXT_QUESTION.name, FakeLanguageModel([])) == [JobState.DONE]

    question = newest(session, interview)
    assert (question.text, question.slot, question.answered_by["provider"]) == (PREPARED, 1, "fake")
    assert question.waiting is not None
    assert question.waiting["is_prepared"] is True
    assert question.waiting["first_text_ms"] == question.waiting["whole_ms"]
    assert [kind for kind, _ in events_of(redis, interview)] == ["question.ready"]
    assert prepared(session) == []


def let_something_speak(resources: GpuResources) -> None:
    details = {"speech": {"recogniser": None, "voice_engine": "espeak-ng"}}
    beat(resources.sessions, name="cpu@here", queue="cpu_queue", tasks=[], details=details)


def to_be_spoken(session: Session) -> list[str]:
    """The questions that a worker was asked to speak, except the first one."""
    session.expire_all()
    jobs = session.exec(select(Job).where(Job.task == "speech.synthesize").order_by(col(Job.created_at))).all()
    first = session.exec(select(Question).where(Question.position == 1)).one()
    return [found for job in jobs if (found := job.payload["question_id"]) != str(first.id)]


@pytest.fixture
def spoken_interview(session: Session) -> Interview:
    """One whose candidate answers by voice."""
    user = make_user(session)
    voice = (ConsentPurpose.TRANSCRIPTION, ConsentPurpose.SCORING)
    return make_interview(session, user, make_resume(session, user), consents=voice)


def speak(session: Session, interview: Interview, question_id: UUID) -> None:
    """What the worker stores of a spoken question."""
    row = {"interview_id": interview.id, "audio": f"spoken/{interview.id}/{question_id}.mp3", "engine": "espeak-ng"}
    session.add(SpokenQuestion(question_id=question_id, media_type="audio/mpeg", voice="ko", **row))
    session.commit()


def test_a_prepared_question_is_spoken_ahead_and_has_its_sound_when_it_is_asked(
    session: Session, spoken_interview: Interview, redis: Redis, resources: GpuResources, run_jobs: RunJobs
) -> None:
    let_something_speak(resources)
    run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED]))
    ahead = prepared(session)[0].question_id
    assert to_be_spoken(session) == [str(ahead)]
    assert events_of(redis, spoken_interview) == []
    speak(session, spoken_interview, ahead)

    answer_question(session, spoken_interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([]))

    assert newest(session, spoken_interview).id == ahead
    assert session.get(SpokenQuestion, ahead) is not None
    assert to_be_spoken(session) == [str(ahead)]


def test_a_prepared_question_that_is_not_spoken_yet_is_asked_for_when_it_is_asked(
    session: Session, spoken_interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    let_something_speak(resources)
    run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED]))
    answer_question(session, spoken_interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([]))
    assert to_be_spoken(session) == [str(newest(session, spoken_interview).id)] * 2


def test_nothing_is_spoken_ahead_where_nothing_can_speak(
    session: Session, spoken_interview: Interview, run_jobs: RunJobs
) -> None:
    run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED]))
    assert [row.interview_id for row in prepared(session)] == [spoken_interview.id]
    assert to_be_spoken(session) == []


@pytest.mark.usefixtures("interview")
def test_nothing_is_spoken_ahead_for_who_does_not_answer_by_voice(
    session: Session, resources: GpuResources, run_jobs: RunJobs
) -> None:
    let_something_speak(resources)
    run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED]))
    assert len(prepared(session)) == 1
    assert to_be_spoken(session) == []


def test_the_sound_of_a_question_that_was_never_asked_goes_with_it(
    session: Session, spoken_interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    let_something_speak(resources)
    run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([PREPARED]))
    ahead = prepared(session)[0]
    speak(session, spoken_interview, ahead.question_id)
    # The candidate is asked the same meanwhile, so that the prepared question does not fit any more.
    ahead.content = {**ahead.content, "text": newest(session, spoken_interview).text}
    session.add(ahead)
    session.commit()

    answer_question(session, spoken_interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([OTHER]))

    assert newest(session, spoken_interview).text == OTHER
    assert session.exec(select(SpokenQuestion)).all() == []


def test_a_question_that_was_not_prepared_says_how_long_it_took(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([PREPARED]))
    waiting = newest(session, interview).waiting
    assert waiting is not None
    assert waiting["is_prepared"] is False
    assert 0 <= waiting["first_text_ms"] <= waiting["whole_ms"]


def test_a_prepared_question_that_was_asked_meanwhile_is_not_asked_again(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    first = newest(session, interview)
    session.add(
        PreparedQuestion(
            interview_id=interview.id,
            slot=1,
            after_position=1,
            content={
                "text": first.text, "type": "quality", "difficulty": "easy", "topic": None, "source_quote": None,
                "covers": [], "claim_id": None, "answered_by": {**first.answered_by, "prompt_version": "x"},
            },
        )
    )  # fmt: skip
    session.commit()
    answer_question(session, interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, FakeLanguageModel([OTHER]))
    assert newest(session, interview).text == OTHER


def test_what_a_slow_model_did_not_finish_is_written_when_the_answer_is_there(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    assert run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([DeadlinePassed("slow")])) == [JobState.DONE]
    assert prepared(session) == []


def test_nothing_is_prepared_for_an_interview_that_moved_on_or_is_over(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    answer_question(session, interview, PLAIN)
    assert run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([])) == [JobState.DONE]
    assert prepared(session) == []


def reach_skill(session: Session, interview: Interview, run_jobs: RunJobs) -> None:
    """Answer the introduction, so that the skill, which may be followed up, is open."""
    answer_question(session, interview, PLAIN)
    run_jobs(NEXT_QUESTION.name, no_model())


def test_a_vague_answer_is_followed_up_once_with_its_own_words_and_a_reason(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    reach_skill(session, interview, run_jobs)
    answer_question(session, interview, VAGUE)
    run_jobs(NEXT_QUESTION.name, no_model())

    question = newest(session, interview)
    assert (question.slot, question.probe, question.is_follow_up) == (1, 1, True)
    assert question.follow_up is not None
    assert question.follow_up["reason"] == "vague"
    assert question.follow_up["decided_by"] == "rules"
    assert question.follow_up["quote"] in VAGUE
    assert question.follow_up["target"] in question.text
    assert question.follow_up["target"] in question.reason
    assert question.answered_by["fallback_reason"] == "no_model"

    answer_question(session, interview, VAGUE)
    run_jobs(NEXT_QUESTION.name, no_model())
    assert newest(session, interview).slot == 2


def test_what_contradicts_the_resume_is_asked_before_anything_else(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    claim = ResumeClaim(
        resume_id=interview.resume_id, position=0, kind="project", about="주문 캐시 개선",
        text="Redis 캐시로 p99 지연을 40 % 줄임", has_figure=True, page=1, sources=[],
    )  # fmt: skip
    session.add(claim)
    session.commit()
    reach_skill(session, interview, run_jobs)
    answer_question(session, interview, "Redis 캐시로 p99 지연을 70 % 줄였습니다. 여러 가지 방법으로 잘 개선했습니다.")
    model = FakeLanguageModel(["이력서에는 40 %라고 적으셨는데, 두 수치는 각각 무엇을 잰 것인가요?"])
    run_jobs(NEXT_QUESTION.name, model)

    question = newest(session, interview)
    assert question.follow_up is not None
    assert (question.follow_up["reason"], question.follow_up["against"]) == ("contradicts_resume", claim.text)
    assert question.source_quote == claim.text
    assert "40 %" in prompt_of(model.requests[0])
    assert question.answered_by["provider"] == "fake"


@pytest.mark.parametrize("said", ["ㅁㄴㅇㄹㅁㄴㅇㄹ", "음... 어..."])
def test_an_answer_that_says_nothing_is_neither_followed_up_nor_summarised_back(
    session: Session, interview: Interview, run_jobs: RunJobs, said: str
) -> None:
    reach_skill(session, interview, run_jobs)
    answer_question(session, interview, said)
    model = FakeLanguageModel([OTHER])
    run_jobs(NEXT_QUESTION.name, model)
    assert newest(session, interview).slot == 2
    assert said not in prompt_of(model.requests[0])


def test_a_declined_topic_is_left_and_not_prepared_again(
    session: Session, interview: Interview, run_jobs: RunJobs
) -> None:
    reach_skill(session, interview, run_jobs)
    answer_question(session, interview, "그건 대답하고 싶지 않아요", outcome=Outcome.DECLINED)
    run_jobs(NEXT_QUESTION.name, no_model())
    assert newest(session, interview).slot == 2


def test_questions_probe_statements_of_the_resume_one_after_the_other(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    interview = make_interview(
        session,
        user,
        make_resume(session, user),
        wishes=PlanWishes(stages=["skill", "experience"]),
        scenario_id="standard",
    )
    texts = ["Kafka로 초당 5000건을 처리", "배포 시간을 30분에서 5분으로 단축"]
    for position, text in enumerate(texts):
        session.add(
            ResumeClaim(resume_id=interview.resume_id, position=position, kind="project", about=None, text=text,
                        has_figure=True, page=1, sources=[])
        )  # fmt: skip
    session.commit()
    asked = [
        "Kafka로 초당 5000건을 처리하셨는데, 병목은 어디였나요?",
        "배포 시간을 30분에서 5분으로 줄인 방법은 무엇인가요?",
    ]
    prompts = []
    for text in asked:
        answer_question(session, interview, PLAIN, outcome=Outcome.SKIPPED)
        model = FakeLanguageModel([text])
        run_jobs(NEXT_QUESTION.name, model)
        prompts.append(prompt_of(model.requests[0]))
    questions = [question for question, _ in list_turns(session, interview.id)][1:]
    assert [question.source_quote for question in questions] == texts
    assert len({question.claim_id for question in questions}) == 2
    assert f"초점: {texts[0]}" in prompts[0]
    assert f"초점: {texts[1]}" in prompts[1]


def test_a_late_question_goes_back_to_the_topic_that_least_was_said_about(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    wishes = PlanWishes(stages=["skill", "communication", "review", "highlight"])
    interview = make_interview(session, user, make_resume(session, user), scenario_id="standard", wishes=wishes)
    long = "캐시를 두어 800ms를 200ms로 줄였고 3명이 함께 했습니다. " * 5
    while (question := newest(session, interview)).stage != "review":
        text = "동료와 맞췄습니다." if question.stage == "communication" else long
        answer_question(session, interview, text)
        run_jobs(NEXT_QUESTION.name, no_model())
    assert question.competency == "collaboration"
    assert question.answered_by["prompt_version"] == "slot.weakest_topic"
    assert "‘협업과 소통’ 주제로 잠깐 돌아가" in question.text
    opening = next(asked for asked, _ in list_turns(session, interview.id) if asked.stage == "communication")
    assert f"“{opening.text}”" in question.reason


def test_what_a_judge_said_of_the_answers_decides_before_their_length(session: Session, run_jobs: RunJobs) -> None:
    user = make_user(session)
    wishes = PlanWishes(stages=["skill", "communication", "review", "highlight"])
    interview = make_interview(session, user, make_resume(session, user), scenario_id="standard", wishes=wishes)
    said = {"skill": LONG_AND_EMPTY, "communication": SHORT_AND_MEASURED, "review": "그 도구를 써 왔습니다."}
    returned = {}
    while (question := newest(session, interview)).stage != "highlight":
        answer_question(session, interview, said[question.stage])
        run_jobs(EVALUATE_ANSWER.name, ScriptedJudge())
        run_jobs(NEXT_QUESTION.name, no_model())
        returned[question.stage] = question.competency
    assert (returned["review"], question.competency) == ("technical_depth", "collaboration")


def past(slot: int, stage: str, text: str, outcome: Outcome = Outcome.ANSWERED) -> tuple[Question, Answer]:
    question = Question(
        id=uuid4(), interview_id=uuid4(), position=slot + 1, slot=slot, stage=stage, stage_title=stage,
        text=f"{stage}?", reason="r", covers=[], competency=stage, answered_by={},
    )  # fmt: skip
    return question, Answer(id=uuid4(), question_id=question.id, interview_id=uuid4(), text=text, outcome=outcome)


@pytest.mark.parametrize(("wanted", "expected"), [("weakest", "skill"), ("strongest", "growth")])
def test_scores_say_which_topic_was_weak_or_strong_and_what_was_passed_on_stays_closed(
    wanted: Any, expected: str
) -> None:
    turns = [
        past(0, "introduction", "안녕하세요"),
        past(1, "skill", "3배 " * 100),
        past(2, "growth", "짧음"),
        past(3, "experience", "", Outcome.SKIPPED),
        past(4, "communication", "싫습니다", Outcome.DECLINED),
    ]
    scores = {answer.id: score for (_, answer), score in zip(turns, (0, 20, 90, 0, 0), strict=True)}
    topic = choose_topic(wanted, turns, scores, str)
    assert topic is not None
    assert topic.stage == expected
    assert choose_topic(wanted, turns[3:], {}, str) is None


def test_a_prepared_questions_claims_survive_storing() -> None:
    from interview_worker.gpu.provenance import AnsweredBy
    from interview_worker.gpu.situation import WrittenQuestion

    by = AnsweredBy(
        provider="p", model=None, prompt_version=None, is_fallback=False, fallback_reason=None, took_ms=None
    )
    written = WrittenQuestion("C++/C#, 95 %?", "quality", "easy", None, None, ["x"], by, uuid4())
    assert WrittenQuestion.read(written.store()) == written


QUICK = {"tokens": 10, "first_token_ms": 100, "total_ms": 200}
SLOW = {"tokens": 10, "first_token_ms": 500, "total_ms": 2500}


def context(answer: str = PLAIN, **changes: Any) -> AnswerInContext:
    fields: dict[str, Any] = {
        "interview_id": uuid4(), "language": "ko", "role": "백엔드 개발자", "question": "무엇을 하셨나요?",
        "answer": answer, "seen_answer": answer,
    }  # fmt: skip
    return AnswerInContext(**{**fields, **changes})


def decide_with(reply: Any, pace_of: dict[str, int] | None = QUICK, about: AnswerInContext | None = None) -> Any:
    model, pace = FakeLanguageModel([reply]), ModelPace()
    if pace_of:
        pace.note(**pace_of)
    return decide(about or context(SETTLED), model, pace, is_cancelled=lambda: False), model, pace


SETTLED = "조회가 몰려 캐시를 두었습니다. 쓰기 시점에 제가 직접 무효화했습니다."
FOUND = '{"quote":"쓰기 시점에 제가 직접 무효화했습니다","reason":"interesting","target":"무효화 시점"}'


def test_a_quick_model_may_find_what_the_rules_do_not_see() -> None:
    decision, model, _ = decide_with(FOUND)
    assert (decision.is_probe, decision.reason, decision.target) == (True, "interesting", "무효화 시점")
    assert decision.decided_by == "fake.gguf"
    assert model.requests[0].limits.deadline_s <= DEADLINE_S


@pytest.mark.parametrize(
    "reply",
    [
        '{"quote":"없는 말입니다","reason":"vague","target":"x"}',
        '{"quote":null,"reason":"none","target":null}',
        '{"quote":"쓰기 시점에 제가 직접 무효화했습니다","reason":"none","target":null}',
        DeadlinePassed("slow"),
    ],
    ids=str,
)
def test_without_words_of_the_answer_or_in_trouble_the_rules_decide(reply: Any) -> None:
    decision, _, _ = decide_with(reply)
    assert (decision.is_probe, decision.decided_by) == (False, "rules")


@pytest.mark.parametrize("target", ["긴장한 모습", "the invalidation", "[e-mail]로 보낸 일", ""])
def test_what_the_model_calls_the_subject_is_shown_only_where_it_may_be(target: str) -> None:
    decision, _, _ = decide_with(FOUND.replace("무효화 시점", target))
    assert decision.is_probe
    assert decision.target == "쓰기 시점에 제가 직접 무효화했습니다"


@pytest.mark.parametrize("pace_of", [None, SLOW])
def test_a_slow_or_unknown_model_is_not_waited_for(pace_of: dict[str, int] | None) -> None:
    decision, model, _ = decide_with(FOUND, pace_of)
    assert (decision.decided_by, model.requests) == ("rules", [])


def test_a_model_that_was_late_is_not_asked_until_it_is_quick_again() -> None:
    _, _, pace = decide_with(DeadlinePassed("slow"))
    assert not pace.is_quick(1, DEADLINE_S)
    pace.note(**QUICK)
    assert pace.is_quick(60, DEADLINE_S)


def test_what_rules_find_needs_no_model() -> None:
    decision, model, _ = decide_with(FOUND, about=context(VAGUE))
    assert (decision.reason, model.requests) == ("vague", [])


def test_candidates_who_wait_keep_threads_free_of_preparations(
    session: Session, interview: Interview, resources: GpuResources, run_jobs: RunJobs
) -> None:
    resources.preparations = Semaphore(0)
    assert run_jobs(PREPARE_QUESTION.name, FakeLanguageModel([])) == [JobState.DONE]
    assert prepared(session) == []
