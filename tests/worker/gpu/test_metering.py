"""What generations take: counted however they end, stored for their user, limited by the hour."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID, uuid4

import httpx
import pytest
from langchain_core.messages import HumanMessage
from prometheus_client import generate_latest
from sqlalchemy import text
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core import interview as machine
from interview_core.contract.tasks import EVALUATE_ANSWER, NEXT_QUESTION, WRITE_REPORT
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.db.interviews import append_events, database_time, load_state, lock_interview
from interview_core.db.tables import (
    Evaluation,
    EvaluationStatus,
    GenerationOutcome,
    Interview,
    ModelUsage,
    Question,
)
from interview_core.errors import EngineFailed
from interview_core.settings import SettingsInvalid, load_settings
from interview_worker.engines.langchain_model import EngineChatModel
from interview_worker.engines.language_model import (
    DeadlinePassed,
    FinishReason,
    GenerationCancelled,
    GenerationResult,
    LanguageModel,
    ModelBusy,
    ModelLimitReached,
    ModelUnavailable,
    Priority,
)
from interview_worker.engines.local_model import LlamaCppModel
from interview_worker.engines.metering import LimitedModel, MeteredModel
from interview_worker.engines.prices import Price, Prices, find_price
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.gpu.findings import STAR_PARTS
from interview_worker.gpu.judgement import aspect_keys
from interview_worker.gpu.model_metrics import ModelMetrics
from interview_worker.gpu.usage import HourlyLimits, UsageMeter
from interview_worker.metrics_server import serve_metrics
from interview_worker.settings import GpuWorkerSettings
from tests.conftest import RecordingPublisher
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.batching_rig import request, talk
from tests.worker.gpu.conftest import SCRIPT
from tests.worker.gpu.fakes import FakeGeneration, FakeLanguageModel, no_model

ROOT = Path(__file__).parents[3]
MakeModel = Callable[..., LlamaCppModel]
PROMPT = "next_question.ko@1"
ANSWER = "조회가 몰려서 Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다."
PRICES = {"cloud": {"*": Price(input=Decimal(1), cached_input=Decimal("0.1"), output=Decimal(2))}}


@pytest.fixture
def make_meter(sessions: sessionmaker[Session]) -> Callable[..., UsageMeter]:
    def make(prices: Prices | None = None, **limits: Any) -> UsageMeter:
        return UsageMeter(sessions, ModelMetrics(), prices=prices or {}, limits=HourlyLimits(**limits))

    return make


@pytest.fixture
def meter(make_meter: Callable[..., UsageMeter]) -> UsageMeter:
    return make_meter()


@pytest.fixture
def interview_id(session: Session) -> UUID:
    return make_interview(session, make_user(session)).id


def shown(meter: UsageMeter) -> dict[str, float]:
    """Every sample of the figures that is not zero, as Prometheus reads it."""
    lines = generate_latest(meter.metrics.registry).decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples if name.startswith("interview_") and float(value)}


def rows(sessions: sessionmaker[Session]) -> list[ModelUsage]:
    with sessions() as session:
        return list(session.exec(select(ModelUsage).order_by(text("at"))).all())


def wanted(interview_id: UUID | None, *turns: str, **fields: Any) -> Any:
    return request(talk(*(turns or ("질문해 주세요",))), session=interview_id, prompt=PROMPT, **fields)


def test_a_finished_generation_is_counted_as_its_own_account_says(
    make_model: MakeModel, meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    model = MeteredModel(make_model(), "local", meter)

    generation = model.generate(wanted(interview_id))
    assert "".join(generation) == SCRIPT
    result = generation.result

    (row,) = rows(sessions)
    assert (row.provider, row.model, row.prompt_version) == ("local", "tiny-exaone.gguf", PROMPT)
    assert (row.tokens_in, row.tokens_reused, row.tokens_out) == (result.tokens_in, 0, result.tokens_out)
    assert (row.first_token_ms, row.total_ms) == (result.first_token_ms, result.total_ms)
    assert (row.outcome, row.error_code, row.cost) == (GenerationOutcome.FINISHED, None, None)
    assert row.interview_id == interview_id
    assert result.queue_ms is not None
    samples = shown(meter)
    assert samples['interview_model_requests_total{outcome="finished",priority="live_question",provider="local"}'] == 1
    assert samples['interview_model_prompt_tokens_total{provider="local"}'] == result.tokens_in
    assert samples['interview_model_written_tokens_total{provider="local"}'] == result.tokens_out
    for name in ("first_token", "queue", "generation"):
        key = f'interview_model_{name}_seconds_count{{priority="live_question",provider="local"}}'
        assert samples[key] == 1
    # A text that was written within a millisecond has no speed.
    assert result.first_token_ms is not None
    is_timed = result.total_ms > result.first_token_ms
    assert samples.get('interview_model_tokens_per_second_count{provider="local"}', 0) == is_timed
    assert not [name for name in samples if "failures" in name]


def test_a_second_turn_shows_what_it_reused(
    make_model: MakeModel, meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    model = MeteredModel(make_model(), "local", meter)
    list(model.generate(wanted(interview_id, "저는 주문 캐시를 만들었습니다")))

    second = model.generate(wanted(interview_id, "저는 주문 캐시를 만들었습니다", SCRIPT, "무효화가 어려웠습니다"))
    list(second)

    assert second.result.tokens_reused > 0
    assert rows(sessions)[1].tokens_reused == second.result.tokens_reused
    assert shown(meter)['interview_model_reused_tokens_total{provider="local"}'] == second.result.tokens_reused
    assert meter.totals()["local"]["tokens_reused"] == second.result.tokens_reused


@pytest.fixture
def endless(make_model: MakeModel, tmp_path_factory: pytest.TempPathFactory) -> LlamaCppModel:
    """A model that writes until it is stopped."""
    folder = tmp_path_factory.mktemp("endless")
    write_gguf(folder / "endless.gguf", script="그리고 또 한 번", is_endless=True)
    return make_model(folder)


def test_a_cancelled_generation_counts_what_it_had_taken(
    endless: LlamaCppModel, meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    generation = MeteredModel(endless, "local", meter).generate(wanted(interview_id, max_tokens=1000))
    pieces = 0
    with pytest.raises(GenerationCancelled):
        for piece in generation:
            pieces += bool(piece)
            if pieces == 5:
                generation.cancel()
    generation.cancel()

    (row,) = rows(sessions)
    assert (row.outcome, row.error_code) == (GenerationOutcome.CANCELLED, "GENERATION_CANCELLED")
    assert row.tokens_in
    assert row.tokens_out >= 5
    assert row.first_token_ms is not None


def test_a_reader_that_leaves_in_the_middle_cancels(
    endless: LlamaCppModel, meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    chat = EngineChatModel(
        MeteredModel(endless, "local", meter),
        max_tokens=1000,
        temperature=0.5,
        deadline_s=60,
        priority=Priority.EVALUATION,
        interview_id=interview_id,
        prompt=PROMPT,
    )
    for chunk in chat.stream([HumanMessage("질문해 주세요")]):
        assert chunk.text
        break

    (row,) = rows(sessions)
    assert (row.outcome, row.interview_id, row.prompt_version) == (GenerationOutcome.CANCELLED, interview_id, PROMPT)
    key = 'interview_model_requests_total{outcome="cancelled",priority="evaluation",provider="local"}'
    samples = shown(meter)
    assert samples[key] == 1
    assert not [name for name in samples if "failures" in name]


def test_one_that_is_cancelled_before_anybody_reads_it_is_counted_once(
    endless: LlamaCppModel, meter: UsageMeter, sessions: sessionmaker[Session]
) -> None:
    generation = MeteredModel(endless, "local", meter).generate(wanted(None))
    generation.cancel()
    with pytest.raises(GenerationCancelled):
        list(generation)

    assert [row.outcome for row in rows(sessions)] == [GenerationOutcome.CANCELLED]


def test_a_generation_without_time_is_timed_out(
    endless: LlamaCppModel, meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    list(endless.generate(wanted(None, max_tokens=1)))
    with pytest.raises(DeadlinePassed):
        list(MeteredModel(endless, "local", meter).generate(wanted(interview_id, max_tokens=7000, deadline_s=0.1)))

    (row,) = rows(sessions)
    assert (row.outcome, row.error_code) == (GenerationOutcome.TIMED_OUT, "MODEL_TIMEOUT")
    assert shown(meter)['interview_model_failures_total{error_code="MODEL_TIMEOUT",provider="local"}'] == 1


def test_failures_are_counted_by_code_and_what_nobody_knows_is_absent(
    meter: UsageMeter, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    model = MeteredModel(FakeLanguageModel([EngineFailed("broken"), "좋습니다"]), "cloud", meter)
    with pytest.raises(EngineFailed):
        list(model.generate(wanted(interview_id)))
    list(model.generate(wanted(interview_id)))

    failed, finished = rows(sessions)
    assert (failed.outcome, failed.error_code) == (GenerationOutcome.FAILED, "ENGINE_FAILED")
    assert (failed.tokens_in, failed.tokens_out, failed.first_token_ms) == (None, None, None)
    assert finished.outcome is GenerationOutcome.FINISHED
    totals = meter.totals()["cloud"]
    assert (totals["requests"], totals["failures"], totals["cancelled"]) == (2, 1, 0)


def test_requests_that_never_begin_are_failures_without_a_row(
    make_model: MakeModel, meter: UsageMeter, sessions: sessionmaker[Session]
) -> None:
    with pytest.raises(ModelUnavailable):
        MeteredModel(no_model(), "local", meter).generate(wanted(None))
    with pytest.raises(ModelBusy):
        MeteredModel(make_model(max_waiting=0), "local", meter).generate(wanted(None))

    assert rows(sessions) == []
    samples = shown(meter)
    assert samples['interview_model_failures_total{error_code="MODEL_UNAVAILABLE",provider="local"}'] == 1
    assert samples['interview_model_failures_total{error_code="MODEL_BUSY",provider="local"}'] == 1


@pytest.fixture
def away_sessions(free_port: Callable[[], int], publisher: RecordingPublisher) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database that does not answer."""
    engine = make_engine(f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/none")
    yield make_session_factory(engine, publisher)
    engine.dispose()


def test_without_the_database_the_text_arrives_and_no_limit_holds_it_up(
    make_model: MakeModel, away_sessions: sessionmaker[Session]
) -> None:
    limits = HourlyLimits(tokens_per_user=1, cost=Decimal("0.01"))
    prices = {"local": PRICES["cloud"]}
    meter = UsageMeter(away_sessions, ModelMetrics(), prices=prices, limits=limits)
    model = LimitedModel(MeteredModel(make_model(), "local", meter), meter.admit_user)

    assert "".join(model.generate(wanted(uuid4()))) == SCRIPT

    assert shown(meter)["interview_model_usage_lost_total"] == 1
    assert meter.totals()["local"]["requests"] == 1


def test_a_locked_table_holds_a_question_up_for_seconds_at_most(
    make_model: MakeModel, meter: UsageMeter, session: Session, sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    model = MeteredModel(make_model(), "local", meter)
    list(model.generate(wanted(interview_id)))
    session.execute(text("LOCK TABLE model_usage IN ACCESS EXCLUSIVE MODE"))

    began = time.monotonic()
    assert "".join(model.generate(wanted(interview_id))) == SCRIPT
    assert time.monotonic() - began < 10
    session.rollback()

    assert len(rows(sessions)) == 1
    assert shown(meter)["interview_model_usage_lost_total"] == 1


def test_what_is_taken_costs_its_price_and_without_a_price_nothing_is_said(
    make_meter: Callable[..., UsageMeter], sessions: sessionmaker[Session]
) -> None:
    meter = make_meter(PRICES)
    for provider in ("cloud", "local"):
        list(MeteredModel(FakeLanguageModel(["좋습니다"]), provider, meter).generate(wanted(None)))

    cloud, local = rows(sessions)
    assert (cloud.tokens_in, cloud.tokens_reused, cloud.tokens_out) == (10, 0, 5)
    assert cloud.cost == Decimal("0.00002")
    assert local.cost is None


def test_a_price_is_found_by_the_models_name_at_the_provider_or_here() -> None:
    cheap, dear, other = (Price(input=Decimal(n), output=Decimal(n)) for n in (1, 2, 3))
    prices = {"openai": {"small": cheap, "small-2026-08-07": dear, "*": other}, "gemini": {"flash": cheap}}
    assert find_price(prices, "openai", "small-2026-08-07", "small") is dear
    assert find_price(prices, "openai", "small-2026-11-01", "small") is cheap
    assert find_price(prices, "openai", None, "large") is other
    assert find_price(prices, "gemini", "pro") is None
    assert find_price(prices, "local", "small") is None


def test_what_a_provider_did_not_count_is_unknown_and_costs_nobody_knows_what(
    make_meter: Callable[..., UsageMeter], sessions: sessionmaker[Session]
) -> None:
    class Uncounted(FakeGeneration):
        @property
        def result(self) -> GenerationResult:
            return replace(super().result, tokens_in=0, tokens_reused=0, tokens_out=0)

    class UncountedModel(FakeLanguageModel):
        def generate(self, request: Any) -> FakeGeneration:
            return Uncounted("좋습니다", FinishReason.STOP)

    list(MeteredModel(UncountedModel(), "cloud", make_meter(PRICES)).generate(wanted(None)))

    (row,) = rows(sessions)
    assert (row.outcome, row.tokens_in, row.tokens_out) == (GenerationOutcome.FINISHED, None, None)
    assert row.cost is None


@pytest.fixture
def worker_environment(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    return monkeypatch


def test_prices_and_limits_are_settings_that_are_off(worker_environment: pytest.MonkeyPatch) -> None:
    settings = load_settings(GpuWorkerSettings)
    assert (settings.model_prices, settings.model_tokens_per_user_hour, settings.model_cost_per_hour) == ({}, 0, 0)

    example = (ROOT / ".env.example").read_text("utf-8")
    line = next(line for line in example.splitlines() if line.startswith("# MODEL_PRICES="))
    worker_environment.setenv("MODEL_PRICES", line.partition("=")[2])
    worker_environment.setenv("MODEL_COST_PER_HOUR", "1.5")
    settings = load_settings(GpuWorkerSettings)
    assert settings.model_prices["openai"]["*"].cached_input == Decimal("0.025")
    assert settings.model_cost_per_hour == Decimal("1.5")


@pytest.mark.parametrize("prices", ["{", '{"openai": {"*": {"input": -1, "output": 2}}}', '{"openai": {"input": 1}}'])
def test_prices_that_cannot_be_read_are_refused_by_name(worker_environment: pytest.MonkeyPatch, prices: str) -> None:
    worker_environment.setenv("MODEL_PRICES", prices)
    with pytest.raises(SettingsInvalid, match="MODEL_PRICES"):
        load_settings(GpuWorkerSettings)


def test_a_cached_token_has_its_own_price() -> None:
    price = PRICES["cloud"]["*"]
    assert price.of(tokens_in=1_000_000, tokens_reused=400_000, tokens_out=0) == Decimal("0.64")
    assert Price(input=Decimal(1), output=Decimal(2)).of(
        tokens_in=1_000_000, tokens_reused=400_000, tokens_out=500_000
    ) == Decimal(2)


def limited(model: LanguageModel, meter: UsageMeter) -> LimitedModel:
    return LimitedModel(MeteredModel(model, "cloud", meter), meter.admit_user)


def test_a_user_who_had_the_hours_tokens_is_refused_and_nobody_else(
    make_meter: Callable[..., UsageMeter], session: Session, interview_id: UUID
) -> None:
    meter = make_meter(tokens_per_user=30)
    model = limited(FakeLanguageModel(["하나", "둘", "셋", "넷"]), meter)
    for _ in range(2):
        list(model.generate(wanted(interview_id)))
    with pytest.raises(ModelLimitReached):
        model.generate(wanted(interview_id))

    other = make_interview(session, make_user(session))
    list(model.generate(wanted(other.id)))
    assert shown(meter)['interview_model_limit_reached_total{limit="tokens_per_user"}'] == 1

    session.execute(text("UPDATE model_usage SET at = at - interval '61 min'"))
    session.commit()
    list(model.generate(wanted(interview_id)))


def test_over_the_limit_the_bank_asks_and_the_answer_waits_for_its_score(
    make_model: MakeModel, make_meter: Callable[..., UsageMeter], session: Session, run_jobs: Callable[..., Any]
) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user))
    meter = make_meter(tokens_per_user=1)
    model = limited(make_model(), meter)
    list(model.generate(wanted(interview.id)))
    answer = answer_question(session, interview, ANSWER)

    run_jobs(NEXT_QUESTION.name, model)
    run_jobs(EVALUATE_ANSWER.name, model)

    question = session.exec(select(Question).where(Question.position == 2)).one()
    assert question.answered_by["provider"] == "question_bank"
    assert (question.answered_by["is_fallback"], question.answered_by["fallback_reason"]) == (True, "limit_reached")
    evaluation = session.get_one(Evaluation, answer.id)
    assert (evaluation.status, evaluation.not_scored_reason) == (EvaluationStatus.NOT_SCORED, "limit_reached")
    assert meter.totals()["cloud"]["requests"] == 1


def end_interview(session: Session, interview: Interview) -> None:
    locked = lock_interview(session, interview.id)
    assert locked is not None
    state = load_state(session, interview.id)
    append_events(session, locked, state, machine.finish(state, database_time(session)))
    session.commit()


def test_questions_evaluations_and_reports_say_whom_and_what_they_are_for(
    session: Session,
    sessions: sessionmaker[Session],
    make_meter: Callable[..., UsageMeter],
    run_jobs: Callable[..., Any],
) -> None:
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user))
    judged = {
        "summary": "도입한 이유와 결과를 말했습니다.",
        "covered": dict.fromkeys(aspect_keys(6)),
        "star": dict.fromkeys(STAR_PARTS),
        "points": [],
        "competencies": {"communication": {"score": 70, "comment": "근거가 있습니다.", "quote": "Redis 캐시를 두었고"}},
        "improved_answer": "캐시를 두었고 p95를 줄였습니다.",
    }
    replies = ["캐시를 무효화하는 방법으로 무엇을 비교해 보셨나요?", json.dumps(judged), "좋은 면접이었습니다."]
    model = limited(FakeLanguageModel(replies), make_meter())
    answer_question(session, interview, ANSWER)
    run_jobs(NEXT_QUESTION.name, model)
    run_jobs(EVALUATE_ANSWER.name, model)
    end_interview(session, interview)
    run_jobs(WRITE_REPORT.name, model)

    found = [(row.prompt_version, row.interview_id, row.user_id) for row in rows(sessions)]
    assert found == [
        (prompt, interview.id, user.id)
        for prompt in ("next_question.ko@1", "evaluate_answer.ko@2", "report_summary.ko@2")
    ]


def test_when_the_hours_money_is_spent_what_costs_nothing_goes_on(
    make_meter: Callable[..., UsageMeter], interview_id: UUID
) -> None:
    meter = make_meter(PRICES, cost=Decimal("0.00002"))
    cloud = MeteredModel(FakeLanguageModel(["하나", "둘"]), "cloud", meter)
    local = MeteredModel(FakeLanguageModel(["셋"]), "local", meter)
    list(cloud.generate(wanted(interview_id)))

    with pytest.raises(ModelLimitReached):
        cloud.generate(wanted(interview_id))

    list(local.generate(wanted(interview_id)))
    samples = shown(meter)
    assert samples['interview_model_limit_reached_total{limit="cost"}'] == 1
    assert samples['interview_model_failures_total{error_code="MODEL_LIMIT_REACHED",provider="cloud"}'] == 1


def test_in_a_chain_each_provider_has_its_own_figures(
    make_meter: Callable[..., UsageMeter], sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    meter = make_meter()
    models = {"cloud": FakeLanguageModel([EngineFailed("broken")]), "local": FakeLanguageModel(["좋습니다"])}
    chain = ProviderChain([(name, MeteredModel(model, name, meter)) for name, model in models.items()])
    meter.metrics.watch_breakers(lambda: {figures.name: figures.breaker.value for figures in chain.figures()})

    pieces = LimitedModel(chain, meter.admit_user).generate(wanted(interview_id))
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "좋습니다"

    assert sorted((row.provider, row.outcome.value) for row in rows(sessions)) == [
        ("cloud", "failed"),
        ("local", "finished"),
    ]
    samples = shown(meter)
    assert samples['interview_model_failures_total{error_code="ENGINE_FAILED",provider="cloud"}'] == 1
    lines = generate_latest(meter.metrics.registry).decode()
    assert 'interview_model_breaker_state{provider="cloud"} 0.0' in lines


def test_in_a_chain_a_spent_budget_passes_on_and_a_users_limit_ends_it(
    make_meter: Callable[..., UsageMeter], sessions: sessionmaker[Session], interview_id: UUID
) -> None:
    meter = make_meter(PRICES, cost=Decimal("0.00002"), tokens_per_user=30)
    models = {"cloud": FakeLanguageModel(["하나"]), "local": FakeLanguageModel(["둘"])}
    chain = ProviderChain([(name, MeteredModel(model, name, meter)) for name, model in models.items()])
    model = LimitedModel(chain, meter.admit_user)

    for _ in range(2):
        list(model.generate(wanted(interview_id)))
    with pytest.raises(ModelLimitReached):
        model.generate(wanted(interview_id))

    assert [row.provider for row in rows(sessions)] == ["cloud", "local"]
    assert chain.figures()[0].failures_in_a_row == 0


def test_the_figures_are_served_on_a_port_and_a_taken_one_costs_no_worker(free_port: Callable[[], int]) -> None:
    metrics, port = ModelMetrics(), free_port()
    metrics.refuse("local", "MODEL_BUSY")

    serve_metrics(metrics.registry, "127.0.0.1", port)
    serve_metrics(ModelMetrics().registry, "127.0.0.1", port)

    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    assert 'interview_model_failures_total{error_code="MODEL_BUSY",provider="local"} 1.0' in answer.text


def test_without_limits_the_database_is_not_asked() -> None:
    unused = Mock(spec=sessionmaker)
    meter = UsageMeter(unused, ModelMetrics(), prices=PRICES, limits=HourlyLimits())

    meter.admit("cloud", "any")
    meter.admit_user(uuid4())

    unused.assert_not_called()


def test_the_engine_shows_its_batches(make_model: MakeModel, meter: UsageMeter) -> None:
    model = make_model()
    meter.metrics.watch_engine("local", model.figures, lambda: model.waiting)
    assert 'interview_model_steps_total{provider="local"}' not in shown(meter)

    list(model.generate(wanted(None)))

    samples = shown(meter)
    assert samples['interview_model_steps_total{provider="local"}'] > 1
    assert (
        samples['interview_model_batch_tokens_total{provider="local"}']
        > samples['interview_model_steps_total{provider="local"}']
    )
    assert samples['interview_model_slots{provider="local"}'] >= 1


def test_breakers_are_shown_as_numbers() -> None:
    metrics = ModelMetrics()
    metrics.watch_breakers(lambda: {"local": "closed", "cloud": "open", "other": "half_open"})
    text_shown = generate_latest(metrics.registry).decode()
    for provider, state in (("local", 0.0), ("cloud", 2.0), ("other", 1.0)):
        assert f'interview_model_breaker_state{{provider="{provider}"}} {state}' in text_shown
