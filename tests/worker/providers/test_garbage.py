"""Trials B10 and F20: whatever a provider writes or does, a question is asked in time and no score is invented."""

import json
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from interview_core.contract.tasks import NEXT_QUESTION
from interview_worker.engines.known_provider import Patience
from interview_worker.engines.provider_breaker import FAILURES_TO_OPEN, OPEN_S, BreakerState
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.engines.remote_provider import RemoteModel
from interview_worker.gpu.asking import write_question
from interview_worker.gpu.claims import Claim, ClaimVerdict, Probe, judge_claim
from interview_worker.gpu.findings import Findings, Status, Verdict
from interview_worker.gpu.judgement import judgement_schema
from interview_worker.gpu.judging import judge, judge_once
from interview_worker.gpu.question import QUESTION_DEADLINE_S
from interview_worker.gpu.question_checks import fault_of, is_in_language, repeats_instructions
from interview_worker.gpu.report import PATIENCE_S
from interview_worker.gpu.reporting import Aggregate, ReportContent
from interview_worker.gpu.situation import WrittenQuestion
from interview_worker.gpu.summary import summarise
from interview_worker.prompts.loader import get_prompt
from interview_worker.rubrics.loader import load_rubric
from tests.worker.gpu.test_asking import Recorder, situation
from tests.worker.gpu.test_judging import TEXT, answer, reply
from tests.worker.providers.conftest import request
from tests.worker.providers.provider_server import HANG_S, Behaviour, ProviderServer
from tests.worker.providers.test_chain import Clock, seen

GOOD_QUESTION = "주문 캐시 개선에서 캐시가 어긋났을 때는 어떻게 알아차리셨나요?"
RUBRIC = load_rubric()
SEEDS = range(500)
WORDS = [
    "캐시",
    "장애",
    "cache",
    "p95",
    "99%",
    "C++",
    "\\",
    '"',
    "'",
    "*",
    "#",
    "[|system|]",
    "<|im_end|>",
    "{이름}",
    "○○",
    "�",
    "日本語",
    "Привет",
]
MakeRemote = Callable[..., RemoteModel]


def fences(rng: random.Random, good: str) -> Behaviour:
    fence = rng.choice(
        ["```json\n{}\n```", "```\n{}\n```", "결과는 다음과 같아요.\n{}", "{}\n이상이에요.", '"{}"', "질문: {}"]
    )
    return Behaviour(fence.replace("{}", good))


def half(rng: random.Random, good: str) -> Behaviour:
    return Behaviour(good[: rng.randrange(len(good))] or "{", finish=rng.choice(["stop", "length", None]))


def wrong_types(rng: random.Random, good: str) -> Behaviour:
    return Behaviour(json.dumps(mutated(rng, json.loads(reply())), ensure_ascii=False))


def mutated(rng: random.Random, value: Any) -> Any:
    if rng.random() < 0.12:
        return rng.choice([None, True, 7, -1, 1e300, "", "x", "85", [], {}, [[]], {"a": 1}, "가" * 500, "\u0000"])
    if isinstance(value, dict):
        kept = {key: mutated(rng, item) for key, item in value.items() if rng.random() > 0.03}
        return kept | ({rng.choice(WORDS): 1} if rng.random() < 0.1 else {})
    return [mutated(rng, item) for item in value] if isinstance(value, list) else value


def megabyte(rng: random.Random, good: str) -> Behaviour:
    return Behaviour(rng.choice(["가", "{", '"', "[", good]) * 500_000, piece=20_000)


def other_language(rng: random.Random, good: str) -> Behaviour:
    texts = [
        "What was the hardest decision about the cache?",
        "一番難しかった決定は何ですか。",
        "Что было труднее всего?",
    ]
    return Behaviour(rng.choice([*texts, json.dumps({"summary": rng.choice(texts)})]))


def empty(rng: random.Random, good: str) -> Behaviour:
    return rng.choice([Behaviour(text) for text in ("", " ", "\n\n", "null", "{}", "[]", '""')] + [Behaviour(body="")])


def leak(rng: random.Random, good: str) -> Behaviour:
    system = get_prompt("next_question" if good == GOOD_QUESTION else "evaluate_answer", "ko").system
    start = rng.randrange(len(system) // 2)
    return Behaviour(
        rng.choice([system, system[start : start + 300], f"[|system|]{system}", f"<resume>{good}</resume>"])
    )


def noise(rng: random.Random, good: str) -> Behaviour:
    return Behaviour(" ".join(rng.choices(WORDS, k=rng.randrange(1, 40))))


def broken_stream(rng: random.Random, good: str) -> Behaviour:
    line = json.dumps({"choices": rng.choice([None, 7, {}, [{}], [{"delta": 3}], [{"delta": {"content": 5}}]])})
    return rng.choice(
        [
            Behaviour(good, breaks_after=rng.randrange(5)),
            Behaviour(body=f"data: {line}\n\n"),
            Behaviour(body="data: {broken"),
            Behaviour(body="<html>"),
            Behaviour(body="\u0000\u0001" * 99),
            Behaviour(status=rng.choice([400, 500, 502, 418])),
        ]
    )


KINDS = [fences, half, wrong_types, megabyte, other_language, empty, leak, noise, broken_stream]


def is_sound_question(written: object) -> bool:
    """A question of the model that may be asked, or one of the bank that says so."""
    if not isinstance(written, WrittenQuestion):
        return False
    if written.answered_by.is_fallback:
        return written.answered_by.provider == "question_bank" and written.answered_by.fallback_reason is not None
    instructions = get_prompt("next_question", "ko").system.splitlines()
    is_leak = any(len(line) > 20 and line.strip(" -") in written.text for line in instructions)
    return fault_of(written.text, "ko", ()) is None and not is_leak


def is_sound_verdict(verdict: Verdict) -> bool:
    """A score with quotes of the answer, or none with a reason."""
    quotes = [item.evidence.quote for item in verdict.findings.competencies]
    quotes += [item.evidence.quote for item in verdict.findings.points]
    if any(quote not in TEXT for quote in quotes):
        return False
    if verdict.score is None:
        return verdict.status is not Status.DONE and verdict.reason is not None
    return 0 <= verdict.score <= 100 and bool(verdict.findings.competencies) and verdict.answered_by is not None


def test_of_500_kinds_of_garbage_every_one_ends_in_a_sound_result(
    server: ProviderServer, make_remote: MakeRemote
) -> None:
    model = make_remote(server.address)
    unsound, asked, judged = [], 0, 0
    for seed in SEEDS:
        rng = random.Random(seed)
        kind = KINDS[seed % len(KINDS)]
        is_question = seed // len(KINDS) % 2 == 0
        good = GOOD_QUESTION if is_question else reply()
        server.behave(kind(rng, good))
        # A breaker would keep most of the garbage away.
        chain = ProviderChain([("garbage", model)])
        if is_question:
            recorder = Recorder()
            written = write_question(situation(), chain, recorder, deadline_s=10, is_cancelled=lambda: False)
            asked += isinstance(written, WrittenQuestion) and not written.answered_by.is_fallback
            is_sound = is_sound_question(written)
        else:
            verdict = judge_once(answer(), chain, RUBRIC, has_consent=True, deadline_s=10)
            judged += verdict.score is not None
            is_sound = is_sound_verdict(verdict)
        if not is_sound:
            unsound.append((seed, kind.__name__))

    assert unsound == []
    assert asked > 0, "nothing was ever taken, not even what is good between fences"
    assert judged > 0


GOOD_SUMMARY = "캐시를 도입한 이유와 결과를 수치로 설명하신 점이 좋았습니다."
GOOD_CLAIM = json.dumps({"quote": "Redis 캐시를 두었습니다", "verdict": "supported"}, ensure_ascii=False)


def test_of_garbage_for_a_report_no_summary_is_shown_and_no_claim_is_settled_without_a_quote(
    server: ProviderServer, make_remote: MakeRemote
) -> None:
    model = make_remote(server.address)
    verdicts = [Verdict(Status.DONE, None, 70, Findings(), None, {})]
    content = ReportContent(summary=None, strengths=[], improvements=[], competencies=[])
    scored = Aggregate(70, None, content, {})
    claim = Claim(UUID(int=7), "project", None, "Redis 캐시로 지연을 줄임")
    instructions = get_prompt("report_summary", "ko").system
    taken = settled = 0
    for seed in range(0, 500, 5):
        rng = random.Random(seed)
        kind = KINDS[seed % len(KINDS)]
        chain = ProviderChain([("garbage", model)])
        if seed % 2:
            server.behave(kind(rng, GOOD_SUMMARY))
            text = summarise(scored, verdicts, chain, role="개발자", language="ko", deadline_s=10).text
            taken += text is not None
            assert text is None or not repeats_instructions(text, instructions)
            assert text is None or (len(text) <= 900 and is_in_language(text, "ko"))
        else:
            server.behave(kind(rng, GOOD_CLAIM))
            probe = Probe(UUID(int=1), "?", TEXT)
            judged = judge_claim(claim, [probe], chain, language="ko", deadline_s=10, has_consent=True)
            settled += judged.verdict is ClaimVerdict.SUPPORTED
            is_settled = judged.verdict in {ClaimVerdict.SUPPORTED, ClaimVerdict.CONTRADICTED}
            assert (judged.evidence is not None and judged.evidence.quote in TEXT) or not is_settled

    assert taken > 0, "nothing was ever taken, not even what is good between fences"
    assert settled > 0


def test_a_second_text_is_asked_for_with_what_was_wrong(server: ProviderServer, make_remote: MakeRemote) -> None:
    server.behave(Behaviour(reply()[:-20]), Behaviour(f"```json\n{reply()}\n```"))
    chain = ProviderChain([("only", make_remote(server.address))])

    verdict = judge(answer(), chain, RUBRIC, has_consent=True, deadline_s=10)

    assert verdict.score == 70
    first, second = (body["messages"] for body in server.requests)
    assert second[: len(first)] == first
    assert reply()[:100] in second[-2]["content"]
    schema = judgement_schema(("technical_depth", "communication"), len(answer().covers)).model_json_schema()
    assert all(key in second[-1]["content"] for key in schema["properties"])


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(before_headers_s=HANG_S),
        Behaviour(after_headers_s=HANG_S),
        Behaviour(GOOD_QUESTION, piece=1, between_s=2),
        Behaviour(body="garbage"),
        Behaviour(status=503),
    ],
    ids=["hung", "hung after headers", "a token in two seconds", "garbage", "down"],
)
def test_a_question_comes_from_the_bank_within_its_deadline(
    behaviour: Behaviour, server: ProviderServer, make_remote: MakeRemote
) -> None:
    model = make_remote(server.address)
    "".join(model.generate(request()))
    server.behave(behaviour)
    clock = Clock()
    chain = ProviderChain([("only", model)], patience=Patience(floor_s=0.3), clock=clock)
    recorder = Recorder()

    for _ in range(5):
        assert chain.figures()[0].breaker is BreakerState.CLOSED
        started = time.monotonic()
        written = write_question(situation(), chain, recorder, deadline_s=2, is_cancelled=lambda: False)
        assert time.monotonic() - started < 10
        assert isinstance(written, WrittenQuestion)
        assert written.answered_by.is_fallback
        assert recorder.text == ""

    assert chain.figures()[0].breaker is BreakerState.OPEN
    started = time.monotonic()
    written = write_question(situation(), chain, recorder, deadline_s=2, is_cancelled=lambda: False)
    assert time.monotonic() - started < 1.5
    clock.ahead_s += OPEN_S + 1
    assert chain.figures()[0].breaker is BreakerState.HALF_OPEN
    server.behave(Behaviour(GOOD_QUESTION))
    written = write_question(situation(), chain, recorder, deadline_s=2, is_cancelled=lambda: False)
    assert isinstance(written, WrittenQuestion)
    assert written.text == recorder.text == GOOD_QUESTION
    assert chain.figures()[0].breaker is BreakerState.CLOSED


def test_the_limits_are_what_candidates_are_promised() -> None:
    assert QUESTION_DEADLINE_S == 20
    assert NEXT_QUESTION.time_limit_s > QUESTION_DEADLINE_S
    assert PATIENCE_S < 180
    assert (FAILURES_TO_OPEN, OPEN_S) == (5, 30)


def test_a_question_that_broke_off_is_shown_once_and_clean(
    make_server: Callable[[], ProviderServer], make_remote: MakeRemote
) -> None:
    first, second = make_server(), make_server()
    first.behave(Behaviour("주문 서비스의 캐시를 두고 나서 무엇이", breaks_after=3))
    second.behave(Behaviour(GOOD_QUESTION))
    chain = ProviderChain([("a", make_remote(first.address)), ("b", make_remote(second.address))])
    recorder = Recorder()

    written = write_question(situation(), chain, recorder, deadline_s=10, is_cancelled=lambda: False)

    assert isinstance(written, WrittenQuestion)
    assert not written.answered_by.is_fallback
    assert written.text == recorder.text == GOOD_QUESTION
    assert recorder.resets == 1
    assert recorder.ever_shown.startswith("주문 서비스의")


def test_other_interviews_go_on_while_a_provider_hangs(server: ProviderServer, make_remote: MakeRemote) -> None:
    model = make_remote(server.address)
    "".join(model.generate(request()))
    hung = [Behaviour(before_headers_s=HANG_S)] * 4
    server.behave(*hung, Behaviour(GOOD_QUESTION))
    chain = ProviderChain([("only", model)])
    generations = [iter(chain.generate(request(session=UUID(int=number)))) for number in range(4)]
    for generation in generations:
        assert next(generation) == ""
    started = time.monotonic()

    assert seen(chain.generate(request())) == GOOD_QUESTION

    assert time.monotonic() - started < 20
