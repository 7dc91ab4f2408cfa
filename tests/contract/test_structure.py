"""Invariants 3, 4 and 10: who imports what, and one definition of everything. Import rules are in pyproject.toml."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic_settings import BaseSettings
from sqlalchemy import Engine

from interview_core.contract.queues import Queue
from interview_core.db.tables import User

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / part / "src" for part in ("backend-core/core", "backend-core/api", "ai-worker", "media-server")]
HEAVY = {
    "llama_cpp",
    "torch",
    "sentence_transformers",
    "deepface",
    "cv2",
    "pymupdf",
    "fitz",
    "onnxruntime",
    "typst",
    "langchain_openai",
    "langchain_anthropic",
    "langchain_google_genai",
    "tensorflow",
}


def modules() -> Iterator[Path]:
    for source in SOURCES:
        yield from source.rglob("*.py")


def imported_at_load(tree: ast.Module) -> Iterator[str]:
    """The top-level packages that importing a module imports; those inside functions are not."""
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        pending.extend(ast.iter_child_nodes(node))


def test_no_module_imports_a_heavy_library_when_it_is_loaded() -> None:
    guilty = {
        str(path.relative_to(ROOT)): heavy
        for path in modules()
        if (heavy := HEAVY & set(imported_at_load(ast.parse(path.read_text("utf-8")))))
    }
    assert guilty == {}


def test_one_file_knows_llama_cpp() -> None:
    assert [path.name for path in modules() if "llama_cpp" in path.read_text("utf-8")] == ["llama_runtime.py"]


def test_the_cpu_worker_loads_where_llama_cannot_be_imported() -> None:
    code = (
        "import sys; sys.modules['llama_cpp'] = None; import interview_worker.__main__, interview_worker.cpu.handlers"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_loading_the_gpu_worker_loads_no_model_library() -> None:
    code = (
        "import sys, interview_worker.__main__, interview_worker.gpu.handlers\n"
        f"assert not {HEAVY!r} & set(sys.modules), sorted({HEAVY!r} & set(sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_import_path_is_never_changed_and_no_module_shadows_the_standard_library() -> None:
    for path in modules():
        assert "sys.path" not in path.read_text("utf-8"), path
        if path.parent.parent.name == "src":
            assert path.stem not in sys.stdlib_module_names - {"__main__"}, path
    assert not list((ROOT / "ai_models").rglob("*.py"))


def all_settings() -> list[type[BaseSettings]]:
    import interview_worker.settings  # noqa: F401  defines the settings

    found: list[type[BaseSettings]] = []
    pending: list[type[BaseSettings]] = [BaseSettings]
    while pending:
        for kind in pending.pop().__subclasses__():
            if kind.__module__.startswith("interview_"):
                found.append(kind)
            pending.append(kind)
    return found


def test_every_setting_is_in_the_example_file() -> None:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    documented = {line.lstrip("# ").partition("=")[0] for line in lines if "=" in line}
    settings = {name.upper() for kind in all_settings() for name in kind.model_fields}
    assert settings - documented == set()


def test_the_example_file_holds_no_secret() -> None:
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        name, _, value = line.partition("=")
        if not line.startswith("#") and any(word in name for word in ("SECRET", "PASSWORD", "AUTH")):
            assert value == "", name


def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str, engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), User.metadata) == []


def test_routes_and_operation_ids_are_unique() -> None:
    from interview_api.app import describe_app

    routes = [
        route for route in iter_route_contexts(describe_app().routes) if isinstance(route.original_route, APIRoute)
    ]
    assert len(routes) > 30
    # The second of two routes with one path is never reached, and the document does not show it.
    for names in (
        [(method, route.path) for route in routes for method in route.methods],
        [route.unique_id for route in routes],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_no_route_and_no_table_is_about_a_hiring_decision() -> None:
    """The platform shows evidence to people; it neither takes nor gives a decision about a candidate."""
    from interview_api.app import describe_app

    document = describe_app().openapi()
    schemas = document["components"]["schemas"]
    fields = {name for schema in schemas.values() for name in schema.get("properties", {})}
    columns = {f"{table.name}.{column.name}" for table in User.metadata.sorted_tables for column in table.columns}
    about = re.compile(r"hir(e|ing)|(?<!consent)decision|recommend|shortlist|(pass|fail)_(mark|grade)|cutoff")
    names = {*document["paths"], *schemas, *fields, *columns}
    assert [name for name in sorted(names) if about.search(name.lower())] == []


BY_PEOPLE = re.compile(r"outcome|granted|withdrawn|correct|review|approv|reject|uphold|upheld|judg|verdict|shares_")
BY_PROGRAMS = {"answer", "model_usage", "rejected_message"}
"""Where such a word is about what a program found."""


def test_what_people_say_or_do_about_an_interview_is_never_stored_without_who_it_was() -> None:
    """Consents, corrections, requests for a review, and what operators read and answer."""
    columns = [(table, column) for table in User.metadata.sorted_tables for column in table.columns]
    found = {table for table, column in columns if BY_PEOPLE.search(f"{table.name}.{column.name}")}
    acts = [table for table in found if table.name not in BY_PROGRAMS]
    assert {"consent", "resume", "review_request", "review_access", "review_answer"} <= {table.name for table in acts}
    for table in acts:
        people = [key.parent for key in table.foreign_keys if key.column.table.name == "user_account"]
        assert people, f"{table.name} does not say who"
        assert not any(column.nullable for column in people), f"{table.name} may be stored without who"


def test_every_route_that_records_what_an_operator_answers_takes_who_that_is() -> None:
    """Where a role alone would do to come in, the person behind it would be lost."""
    from interview_api.app import describe_app
    from interview_api.dependencies import CurrentUser

    routes = [
        route.original_route
        for route in iter_route_contexts(describe_app().routes)
        if isinstance(route.original_route, APIRoute) and "/reviews" in route.path
    ]
    assert len(routes) == 5
    for route in routes:
        people = [
            name for name, kind in get_type_hints(route.endpoint).items() if name != "return" and kind is CurrentUser
        ]
        assert people, route.path


def test_the_frontends_client_is_made_from_this_api() -> None:
    """`make openapi` writes the file; TypeScript then refuses a page that calls what is not there."""
    from interview_api.app import describe_app

    assert json.loads((ROOT / "frontend" / "openapi.json").read_text("utf-8")) == describe_app().openapi()


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "docs/trials.md"])
def test_every_test_that_a_document_names_is_there(document: str) -> None:
    file = ""
    for path, name in re.findall(r"`([^`]*?)::(test_\w+)`", (ROOT / document).read_text("utf-8")):
        file = file if path == "…" else path
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{file}::{name}"


@pytest.mark.parametrize("queue", list(Queue))
def test_every_queue_has_its_worker_in_compose(queue: Queue) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    workers = [name for name, service in services.items() if queue.value in str(service.get("command", ""))]
    assert workers, f"no compose service consumes {queue.value}"


def test_the_import_rules_hold() -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
