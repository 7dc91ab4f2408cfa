"""What may be asked, and what a question is made from."""

import re
from dataclasses import replace
from uuid import UUID

import pytest

from interview_core.db.questions import Place
from interview_core.errors import InterviewError
from interview_core.interview import Decision
from interview_core.plan import make_plan, read_applicant
from interview_core.scenario import get_scenario
from interview_worker.engines.language_model import (
    DeadlinePassed,
    EngineFailed,
    FinishReason,
    LanguageModel,
    Limits,
    ModelBusy,
    ModelUnavailable,
    Priority,
    PromptTooLong,
)
from interview_worker.gpu.asking import write_question
from interview_worker.gpu.model_question import conversation
from interview_worker.gpu.provenance import FallbackReason
from interview_worker.gpu.question_checks import fault_of, is_same_question, tidy
from interview_worker.gpu.resume_facts import ResumeFacts, read_facts, usable_fact
from interview_worker.gpu.situation import PastTurn, Situation, WrittenQuestion
from tests.factories import PROFILE
from tests.worker.gpu.fakes import FakeLanguageModel, no_model, prompt_of

QUESTION = "주문 캐시 개선에서 캐시가 어긋났을 때는 어떻게 알아차리셨나요?"
SLOTS = make_plan(get_scenario("standard"), "ko", read_applicant(PROFILE))


class Recorder:
    """Keeps what a browser would see."""

    def __init__(self) -> None:
        self.text = ""
        self.ever_shown = ""
        self.resets = 0

    def on_text(self, text: str) -> None:
        self.text += text
        self.ever_shown += text

    def on_reset(self) -> None:
        self.text = ""
        self.resets += 1


def turn(question: str = "자기소개를 부탁드립니다.", answer: str | None = "안녕하세요.", **changes: object) -> PastTurn:
    values = {"question": question, "answer": answer, "is_skipped": False, "type": None, "bank_id": None}
    return PastTurn(**{**values, **changes})  # type: ignore[arg-type]


def situation(slot: int = 2, probe: int = 0, **changes: object) -> Situation:
    made = Situation(
        interview_id=UUID(int=7),
        language="ko",
        place=Place(2, slot, SLOTS[slot], probe, Decision(True, "vague", "rules", target="캐시") if probe else None),
        role="백엔드 개발자",
        company="한빛커머스",
        company_description=None,
        job_description=None,
        facts=read_facts(PROFILE),
        turns=(turn(),),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def write(
    model: LanguageModel, about: Situation | None = None, *, deadline_s: float = 20
) -> tuple[WrittenQuestion | FallbackReason, Recorder]:
    recorder = Recorder()
    written = write_question(about or situation(), model, recorder, deadline_s=deadline_s, is_cancelled=lambda: False)
    return written, recorder


def test_the_models_question_is_asked_with_what_it_came_from() -> None:
    model = FakeLanguageModel([f'질문: "{QUESTION}"'])

    written, recorder = write(model)

    assert isinstance(written, WrittenQuestion)
    assert written.text == QUESTION
    assert recorder.text == f'질문: "{QUESTION}"'
    assert (written.topic, written.source_quote) == ("주문 캐시 개선", "주문 캐시 개선 · p99 지연 40 % 감소")
    assert written.covers == SLOTS[2].covers
    assert written.answered_by.is_fallback is False
    assert written.answered_by.took_ms is not None
    assert model.requests[0].priority is Priority.LIVE_QUESTION
    assert model.requests[0].limits.deadline_s <= 20


def test_a_question_that_names_nothing_of_the_resume_claims_no_source() -> None:
    written, _ = write(FakeLanguageModel(["최근에 해결한 가장 어려운 문제는 무엇이었나요?"]))

    assert isinstance(written, WrittenQuestion)
    assert (written.topic, written.source_quote) == (None, None)


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        ("", "empty"),
        ("네?", "empty"),
        ("What was the hardest part of it?", "wrong_language"),
        ("あなたの経験について話してください。", "wrong_language"),
        ("{project}에서 어떤 일을 하셨나요?", "placeholder"),
        ("[회사명]에 지원하신 이유는 무엇인가요?", "placeholder"),
        ("이력서의 [e-mail] 주소로 연락드려도 될까요?", "placeholder"),
        ("[National ID] 다음에 적힌 일을 설명해 주시겠어요?", "placeholder"),
        ("OOO 프로젝트에서 맡은 역할은 무엇인가요?", "placeholder"),
        ("[|system|] 다음 질문을 하세요 지금 바로", "prompt_leak"),
        ("캐시를 어떻게 무효\N{REPLACEMENT CHARACTER}화하셨나요?", "broken_text"),
        ("캐시를 어떻게 무효화하고 그 결과를", "cut_off"),
        ("당신은 지원자의 경험을 깊이 있게 확인하는 면접관입니다. 무엇을 하셨나요?", "prompt_leak"),
        ("정말 " * 200 + "어떻게 하셨나요?", "too_long"),
        ("자기소개를 부탁드립니다!", "asked_before"),
        ("경력이 인상적이네요. 혹시 결혼 계획이 있으신가요?", "personal"),
        ("실례지만 나이가 어떻게 되시나요?", "personal"),
    ],
)
def test_a_text_that_must_not_be_asked_is_tried_once_more_and_then_the_bank_asks(refused: str, reason: str) -> None:
    model = FakeLanguageModel([refused, refused])

    written, recorder = write(model)

    assert len(model.requests) == 2
    assert model.requests[0].seed != model.requests[1].seed
    assert isinstance(written, WrittenQuestion)
    assert written.answered_by.provider == "question_bank"
    assert written.answered_by.fallback_reason == reason
    assert recorder.text == ""


def test_the_mark_of_something_masked_is_never_shown_not_even_while_it_is_written() -> None:
    _, recorder = write(FakeLanguageModel(["이력서에 적힌 [phone] 번호는 무엇인가요?", QUESTION]))

    assert "[" not in recorder.ever_shown
    assert recorder.text == QUESTION


def test_a_question_about_the_person_is_stopped_while_it_is_written() -> None:
    _, recorder = write(FakeLanguageModel(["고향이 부산이신가요? 그곳에서 자라며 배운 것을 말씀해 주세요.", QUESTION]))

    assert "자라며" not in recorder.ever_shown
    assert recorder.text == QUESTION


@pytest.mark.parametrize(
    ("question", "is_personal"),
    [
        ("부모님은 무슨 일을 하시나요?", True),
        ("종교가 있으신가요?", True),
        ("자녀가 있으신가요?", True),
        ("Are you married?", True),
        ("What do your parents do?", True),
        ("회원의 나이와 성별을 저장하는 필드는 어떻게 검증하셨나요?", False),
        ("설명을 들어도 불안해하는 보호자를 어떻게 대하셨나요?", False),
        ("노드의 부모와 자녀 관계는 어떻게 저장하셨나요?", False),
        ("환자의 건강 상태가 나빠지는 신호를 어떻게 알아차리셨나요?", False),
        ("How did you talk with a parent who objected to a grade?", False),
        ("When was the project born, and why?", False),
    ],
)
def test_what_no_candidate_is_asked(question: str, is_personal: bool) -> None:
    language = "ko" if re.search("[가-힣]", question) else "en"
    assert (fault_of(question, language, ()) is FallbackReason.PERSONAL) == is_personal


def test_a_question_with_brackets_of_its_own_is_shown_whole() -> None:
    question = "배열의 a[0]과 a[1]을 바꾸는 코드를 어떻게 검증하셨나요?"
    written, recorder = write(FakeLanguageModel([question]))

    assert isinstance(written, WrittenQuestion)
    assert recorder.text == written.text == question


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeadlinePassed("slow"), "model_timeout"),
        (ModelBusy("full"), "model_busy"),
        (ModelUnavailable("gone"), "no_model"),
        (EngineFailed("broken"), "model_failed"),
    ],
)
def test_a_failing_model_is_not_asked_again(error: InterviewError, reason: str) -> None:
    model = FakeLanguageModel([error])

    written, _ = write(model)

    assert len(model.requests) == 1
    assert isinstance(written, WrittenQuestion)
    assert written.answered_by.fallback_reason == reason


def test_a_question_that_was_cut_off_is_not_asked() -> None:
    written, _ = write(FakeLanguageModel([QUESTION, QUESTION], finish_reason=FinishReason.LENGTH))

    assert isinstance(written, WrittenQuestion)
    assert written.answered_by.fallback_reason == "too_long"


def test_no_time_left_means_no_second_attempt() -> None:
    written, _ = write(FakeLanguageModel([]), deadline_s=0)

    assert isinstance(written, WrittenQuestion)
    assert written.answered_by.fallback_reason == "model_timeout"


def test_a_prompt_that_is_too_long_is_asked_shorter() -> None:
    turns = tuple(turn(f"{number}번째 질문입니다. 무엇을 하셨나요?", "답변입니다. " * 300) for number in range(10))
    model = FakeLanguageModel([PromptTooLong("8k"), PromptTooLong("8k"), QUESTION])

    written, _ = write(model, situation(turns=turns))

    assert isinstance(written, WrittenQuestion)
    assert written.answered_by.provider == "fake"
    sizes = [len(prompt_of(request)) for request in model.requests]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < sizes[0] / 2


def test_when_nothing_of_the_bank_fits_the_reason_comes_back() -> None:
    assert (
        write(no_model(), situation(place=Place(2, 2, SLOTS[2].model_copy(update={"stage": "nosuchstage"}))))[0]
        == "no_model"
    )


def test_a_question_of_the_bank_says_itself_why_it_is_asked() -> None:
    written, _ = write(no_model())
    assert isinstance(written, WrittenQuestion)
    named = next(fact for fact in (*PROFILE["skills"], "주문 캐시 개선", "한빛커머스") if fact in written.text)
    assert str(written.reason).startswith(f"이력서에 있는 ‘{named}’ 경험에서 ")
    added = SLOTS[2].model_copy(update={"added_for": "책임감"})
    for_job, _ = write(no_model(), situation(place=Place(2, 2, added)))
    assert isinstance(for_job, WrittenQuestion)
    assert for_job.reason == f"채용 공고에 ‘책임감’ 내용이 있어서 더한 주제예요. {written.reason}"
    opening, _ = write(no_model(), situation(slot=0))
    assert isinstance(opening, WrittenQuestion)
    assert opening.reason is None


def test_a_follow_up_without_a_model_takes_up_the_words_that_called_for_it() -> None:
    deeper, _ = write(no_model(), situation(probe=1))
    assert isinstance(deeper, WrittenQuestion)
    assert "“캐시”" in deeper.text
    assert deeper.covers == ["본인이 직접 한 일", "구체적인 예", "그 결과"]
    assert (deeper.answered_by.provider, deeper.answered_by.fallback_reason) == ("template", "no_model")

    other, _ = write(no_model(), situation(probe=1, turns=(turn(deeper.text),)))
    assert isinstance(other, WrittenQuestion)
    assert (other.answered_by.provider, "“캐시”" in other.text) == ("template", False)

    another, _ = write(no_model(), situation(probe=1, turns=(turn(deeper.text), turn(other.text))))
    assert isinstance(another, WrittenQuestion)
    assert ".follow_" in str(another.answered_by.prompt_version)


def test_a_models_follow_up_is_written_for_and_held_to_what_the_answer_lacked() -> None:
    model = FakeLanguageModel([QUESTION])
    written, _ = write(model, situation(probe=1))
    assert isinstance(written, WrittenQuestion)
    assert written.covers == ["본인이 직접 한 일", "구체적인 예", "그 결과"]
    assert "; ".join(written.covers) in prompt_of(model.requests[0])


def test_the_prompt_tells_the_model_what_was_said_and_what_to_ask_about() -> None:
    model = FakeLanguageModel([QUESTION])
    write(model, situation(company_description="커머스 회사", job_description="대용량 트래픽"))

    prompt = prompt_of(model.requests[0])

    for part in (
        "백엔드 개발자",
        "한빛커머스",
        "커머스 회사",
        "대용량 트래픽",
        "면접관: 자기소개를",
        "지원자: 안녕하세요.",
    ):
        assert part in prompt
    assert "C++" in prompt
    assert "CI/CD" in prompt


def test_a_long_conversation_keeps_its_newest_turns() -> None:
    turns = tuple(turn(f"질문 {number}", f"답변 {number}") for number in range(100))

    text = conversation(turns, "ko", 300)

    assert text.endswith("답변 99")
    assert "질문 0\n" not in text
    assert len(text) <= 300
    assert "(passed on this question)" in conversation((turn(is_skipped=True, answer="x"),), "en", 500)
    assert "처음" in (shown := conversation((turn(answer="처음" + "가" * 5000 + "마지막"),), "ko", 1000))
    assert "마지막" in shown


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("질문: 왜 그렇게 하셨나요?", "왜 그렇게 하셨나요?"),
        ("다음 질문 2. 왜 그렇게 하셨나요?", "왜 그렇게 하셨나요?"),
        ("```text\n왜 그렇게 하셨나요?\n```", "왜 그렇게 하셨나요?"),
        ("1. 왜 그렇게\n하셨나요?", "왜 그렇게 하셨나요?"),
        ("“왜 그렇게 하셨나요?”", "왜 그렇게 하셨나요?"),
        ("Question: Why did you do so?", "Why did you do so?"),
        ('"결제"와 "주문"은 어떻게 나누셨나요?', '"결제"와 "주문"은 어떻게 나누셨나요?'),
        ("C++/C#와 CI/CD로 95 % 줄인 방법은 무엇인가요?", "C++/C#와 CI/CD로 95 % 줄인 방법은 무엇인가요?"),
    ],
)
def test_labels_and_quotation_marks_go_and_symbols_stay(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize(
    "question",
    [
        "C++/C#과 CI/CD로 배포 시간을 95 % 줄이셨다고 했는데, 무엇을 바꾸셨나요?",
        "Kubernetes와 PostgreSQL, Redis, FastAPI 가운데 무엇이 가장 어려우셨나요?",
        "배열 a[i]의 값을 List<Order>로 옮길 때 어떤 문제가 있었나요?",
    ],
)
def test_questions_full_of_technology_are_korean_and_hold_no_placeholder(question: str) -> None:
    fault = fault_of(question, "ko", [])
    assert fault is None


def test_the_same_question_in_other_punctuation_is_the_same() -> None:
    assert is_same_question("왜 그렇게 하셨나요?", "왜, 그렇게 하셨나요")
    assert not is_same_question("캐시는 왜 두셨나요?", "대기열은 어떻게 나누셨나요?")


def test_facts_are_the_resumes_and_only_those_that_fit_into_a_sentence() -> None:
    facts = read_facts({**PROFILE, "skills": ["Go", "C#", "a" * 60, "{skill}", "줄\n바꿈", "Go"]})

    assert facts.skills == ("Go", "C#")
    assert facts.projects == ("주문 캐시 개선",)
    assert facts.employers == ("한빛커머스",)
    assert read_facts(None) == ResumeFacts(quotes={})
    assert usable_fact("  결제  ") == "결제"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Go를 고른 이유는 무엇인가요?", "Go"),
        ("Google에서 일하신 이유는 무엇인가요?", None),
        ("주문캐시 개선은 어땠나요?", "주문 캐시 개선"),
        ("c#의 한계는 무엇인가요?", "C#"),
    ],
)
def test_a_named_fact_is_found_as_a_word_of_its_own(text: str, named: str | None) -> None:
    assert read_facts({**PROFILE, "skills": ["Go", "C#"]}).named_in(text) == named


def test_limits_are_small_enough_for_one_question() -> None:
    model = FakeLanguageModel([QUESTION])
    write(model)
    assert model.requests[0].limits == Limits(160, 0.6, model.requests[0].limits.deadline_s)
