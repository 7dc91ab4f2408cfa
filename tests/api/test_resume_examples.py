"""The documentation of the résumé routes: each body has an example, which is one."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlmodel import Session

from interview_api.openapi import describe_app
from interview_api.resumes import schemas
from interview_core.profiles import Corrections, JsonResume
from tests.api.conftest import Person
from tests.factories import make_resume

DOCUMENT = describe_app().openapi()
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    if path.startswith("/api/v1/resumes")
    for method, operation in methods.items()
]
MODELS: dict[str, type[BaseModel]] = {"Corrections": Corrections, "JsonResume": JsonResume}


def bodies_of(operation: dict[str, Any]) -> list[str]:
    """The names of the schemas of what goes in as JSON and of what comes out of a success."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [response.get("content", {}) for status, response in operation["responses"].items() if status < "300"]
    found = [content["application/json"]["schema"] for content in contents if "application/json" in content]
    return [schema["$ref"].rpartition("/")[2] for schema in found]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_body_has_an_example_with_all_its_fields(operation: dict[str, Any]) -> None:
    for name in bodies_of(operation):
        model = MODELS.get(name) or getattr(schemas, name)
        assert DOCUMENT["components"]["schemas"][name]["examples"], name
        # The document leaves out what is null, so the examples are taken where they were written.
        for example in model.model_config["json_schema_extra"]["examples"]:
            read = model.model_validate(example)
            assert name in MODELS or set(example) == set(model.model_fields)
            assert example.items() <= read.model_dump(mode="json").items() or name in MODELS, name


def test_what_goes_in_by_the_examples_is_taken(client: TestClient, candidate: Person, session: Session) -> None:
    resume = make_resume(session, candidate.row)
    examples = {name: DOCUMENT["components"]["schemas"][name]["examples"][0] for name in MODELS}

    created = client.post("/api/v1/resumes/json", json=examples["JsonResume"], headers=candidate.headers)
    path = f"/api/v1/resumes/{resume.id}/profile"
    corrected = client.patch(path, json=examples["Corrections"], headers=candidate.headers)

    assert (created.status_code, corrected.status_code) == (202, 200)
    assert corrected.json()["profile"]["employments"][0]["company"] == "한빛커머스"
