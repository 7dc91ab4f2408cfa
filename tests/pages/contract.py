"""Answers that a page gets in these tests, held against the API's own document, so that none outlives a change."""

import json
import re
from copy import deepcopy
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.stack import ROOT

PREFIX = "/api/v1"
_DOCUMENT = json.loads((ROOT / "frontend" / "openapi.json").read_text("utf-8"))


def _closed(schema: Any) -> Any:
    """Return the schema with every object refusing properties that it does not name."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed


_COMPONENTS = _closed(deepcopy(_DOCUMENT["components"]))
_ROUTES = [
    (re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), operations)
    for path, operations in _DOCUMENT["paths"].items()
]


def assert_valid(schema: dict[str, Any], value: Any, what: str) -> None:
    validator = Draft202012Validator({**schema, "components": _COMPONENTS}, format_checker=FormatChecker())
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]
    assert errors == [], f"{what}: {errors[:5]}"


def assert_is_schema(name: str, value: Any) -> None:
    """Fail unless `value` is what the API's schema of that name says."""
    assert_valid({"$ref": f"#/components/schemas/{name}"}, value, name)


def assert_answers(request: str, status: int, body: Any) -> None:
    """Fail unless the API may answer `request` (such as `GET /resumes`) with this status and JSON."""
    method, path = request.split(" ", 1)
    for pattern, operations in _ROUTES:
        if pattern.match(PREFIX + path) and method.lower() in operations:
            answer = operations[method.lower()]["responses"].get(str(status))
            assert answer is not None, f"{request} never answers with {status}"
            schema = answer.get("content", {}).get("application/json", {}).get("schema")
            if schema is not None:
                assert_valid(_closed(schema), body, f"{request} → {status}")
            return
    raise AssertionError(f"the API has no {request}")
