"""Which providers the settings name, and what the worker, the API and a candidate's page see of them."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core.contract.tasks import NEXT_QUESTION
from interview_core.db.tables import Interview, JobState, ModelUsage, Question
from interview_core.settings import SettingsInvalid, load_settings
from interview_core.streams import Stream, stream_name
from interview_worker.engines.language_model import ModelState
from interview_worker.engines.metering import MeteredModel
from interview_worker.engines.provider_chain import ProviderChain
from interview_worker.gpu.model_metrics import ModelMetrics
from interview_worker.gpu.models import make_language_model
from interview_worker.gpu.resources import make_resources
from interview_worker.gpu.usage import HourlyLimits, UsageMeter
from interview_worker.settings import GpuWorkerSettings
from tests.factories import answer_question, make_interview, make_resume, make_user
from tests.worker.gpu.conftest import SCRIPT, make_model, model_folder, resources, run_jobs  # noqa: F401  fixtures
from tests.worker.providers.conftest import KEY, request
from tests.worker.providers.provider_server import Behaviour, ProviderServer
from tests.worker.providers.test_remote_provider import wait_until

QUESTION = "주문 캐시 개선에서 캐시가 어긋났을 때는 어떻게 알아차리셨나요?"
BASE = {"DATABASE_URL": "postgresql+psycopg2://u:p@localhost/x", "REDIS_URL": "redis://localhost/0"}


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., GpuWorkerSettings]:
    def load(**environment: str) -> GpuWorkerSettings:
        for name, value in (BASE | environment).items():
            monkeypatch.setenv(name, value)
        return load_settings(GpuWorkerSettings)

    return load


def test_by_default_only_the_local_model_answers(settings_of: Callable[..., GpuWorkerSettings]) -> None:
    assert settings_of().model_providers == ("local",)


def test_the_order_is_a_list(settings_of: Callable[..., GpuWorkerSettings]) -> None:
    settings = settings_of(
        MODEL_PROVIDERS="openai, local,openai_compatible",
        OPENAI_API_KEY=KEY,
        OPENAI_MODEL="m",
        OPENAI_COMPATIBLE_URL="http://vllm:8000/v1",
        OPENAI_COMPATIBLE_MODEL="m",
    )

    assert settings.model_providers == ("openai", "local", "openai_compatible")
    assert KEY not in repr(settings)
    assert KEY not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("providers", "missing"),
    [
        ("openai", ["OPENAI_API_KEY", "OPENAI_MODEL"]),
        ("local,anthropic", ["ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"]),
        ("gemini", ["GEMINI_API_KEY", "GEMINI_MODEL"]),
        ("openai_compatible", ["OPENAI_COMPATIBLE_URL", "OPENAI_COMPATIBLE_MODEL"]),
        ("local,local", ["twice"]),
        ("chatgpt", ["MODEL_PROVIDERS"]),
        (",", ["MODEL_PROVIDERS"]),
    ],
)
def test_a_provider_without_its_settings_refuses_to_start(
    providers: str, missing: list[str], settings_of: Callable[..., GpuWorkerSettings]
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings_of(MODEL_PROVIDERS=providers)
    for name in missing:
        assert name in refused.value.message


def test_a_refusal_names_no_key(settings_of: Callable[..., GpuWorkerSettings]) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        settings_of(MODEL_PROVIDERS="openai,gemini", OPENAI_API_KEY=KEY, OPENAI_MODEL="m")
    assert KEY not in refused.value.message


@pytest.fixture
def meter(sessions: sessionmaker[Session]) -> UsageMeter:
    return UsageMeter(sessions, ModelMetrics(), prices={}, limits=HourlyLimits(0, Decimal(0)))


def test_the_local_model_alone_is_no_chain(
    settings_of: Callable[..., GpuWorkerSettings], meter: UsageMeter, tmp_path: Path
) -> None:
    model = make_language_model(settings_of(MODELS_DIR=str(tmp_path)), meter)

    assert isinstance(model, MeteredModel)
    assert model.status().state is ModelState.MISSING


@pytest.fixture
def chain(
    settings_of: Callable[..., GpuWorkerSettings], meter: UsageMeter, server: ProviderServer, tmp_path: Path
) -> ProviderChain:
    """A missing local model first, then a server that answers."""
    server.behave(Behaviour(QUESTION))
    settings = settings_of(
        MODEL_PROVIDERS="local,openai_compatible",
        MODELS_DIR=str(tmp_path),
        OPENAI_COMPATIBLE_URL=server.openai_url,
        OPENAI_COMPATIBLE_MODEL="served",
        OPENAI_COMPATIBLE_API_KEY=KEY,
    )
    made = make_language_model(settings, meter)
    assert isinstance(made, ProviderChain)
    return made


def test_without_a_model_file_the_next_provider_answers_and_is_metered(
    chain: ProviderChain, meter: UsageMeter, sessions: sessionmaker[Session], capfd: pytest.CaptureFixture[str]
) -> None:
    wait_until(lambda: chain.status().state is ModelState.READY, 20)

    assert "".join(piece for piece in chain.generate(request()) if isinstance(piece, str)) == QUESTION

    assert (chain.status().name, chain.status().is_remote) == ("served", False)
    with sessions() as session:
        row = session.exec(select(ModelUsage)).one()
    assert (row.provider, row.tokens_in, row.tokens_reused, row.tokens_out) == ("openai_compatible", 21, 13, 7)
    logged = "".join(capfd.readouterr())
    assert "provider ready" in logged
    assert KEY not in logged
    assert QUESTION not in logged


def test_the_worker_reports_where_its_model_is_and_how_each_provider_does(
    settings_of: Callable[..., GpuWorkerSettings], database_url: str, redis_url: str, tmp_path: Path
) -> None:
    settings = settings_of(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        STORAGE_URL=tmp_path.as_uri(),
        MODELS_DIR=str(tmp_path),
        MODEL_PROVIDERS="local,anthropic",
        ANTHROPIC_API_KEY=KEY,
        ANTHROPIC_MODEL="a-model",
    )

    details = make_resources(settings).describe()

    assert details["model_state"] in {"ready", "not_loaded"}
    assert (details["model_name"], details["model_location"]) == ("a-model", "remote")
    local, anthropic = details["model_providers"]
    assert (local["name"], local["model_state"]) == ("local", "missing")
    assert (anthropic["name"], anthropic["breaker"], anthropic["failures"]) == ("anthropic", "closed", 0)
    assert KEY not in json.dumps(details)


def test_a_page_is_told_to_forget_what_broke_off(
    chain: ProviderChain,
    server: ProviderServer,
    make_server: Callable[[], ProviderServer],
    make_remote: Callable[..., Any],
    session: Session,
    redis: Redis,
    run_jobs: Callable[..., list[JobState]],  # noqa: F811  the fixture
) -> None:
    first = make_server()
    first.behave(Behaviour("이력서에 적으신 프로젝트에서 가장", breaks_after=3))
    both = ProviderChain([("first", make_remote(first.address)), ("second", make_remote(server.address))])
    user = make_user(session)
    interview = make_interview(session, user, make_resume(session, user))
    answer_question(session, interview, "Redis 캐시를 두었고 p95가 800ms에서 200ms로 줄었습니다.")

    assert run_jobs(NEXT_QUESTION.name, both) == [JobState.DONE]

    events = events_of(redis, interview)
    reset = [kind for kind, _ in events].index("question.reset")
    shown = [data["text"] for kind, data in events[:reset] if kind == "question.token"]
    assert "".join(shown).startswith("이력서에")
    assert "".join(data["text"] for kind, data in events[reset:] if kind == "question.token") == QUESTION
    session.expire_all()
    question = session.exec(select(Question).where(Question.interview_id == interview.id, Question.position == 2)).one()
    assert question.text == QUESTION
    assert question.answered_by["provider"] == "openai_compatible"
    assert question.answered_by["is_fallback"] is False


def events_of(redis: Redis, interview: Interview) -> list[tuple[str, dict[str, Any]]]:
    entries: Any = redis.xrange(stream_name(Stream.INTERVIEW, interview.id))
    return [(fields[b"kind"].decode(), json.loads(fields[b"data"])) for _, fields in entries]


def test_a_local_model_hands_over_to_a_server_and_back(
    make_model: Callable[..., Any],  # noqa: F811  the fixture
    make_remote: Callable[..., Any],
    server: ProviderServer,
    tmp_path: Path,
    model_folder: Path,  # noqa: F811  the fixture
) -> None:
    server.behave(Behaviour(QUESTION))
    local = make_model(tmp_path)
    both = ProviderChain([("local", local), ("server", make_remote(server.address))])
    assert "".join(both.generate(request())) == QUESTION

    (tmp_path / "tiny.gguf").write_bytes((model_folder / "tiny-exaone.gguf").read_bytes())

    assert "".join(both.generate(request())) == SCRIPT
    assert both.status().name == "tiny.gguf"
