"""Every error has one shape and a documented code; nothing that people wrote gets into it or into the log."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session
from structlog.testing import capture_logs

from interview_api.app import describe_app
from tests.api.conftest import PASSWORD, Person, Server, error_code, make_signed_in, register, resources_of, sign_in_as
from tests.factories import make_interview

ME = "/api/v1/users/me"


@pytest.mark.parametrize("path", ["/", "/nope", "/api/v1", "/api/v1/nope", "/api/v2/users/me", "/api/v1/users/me/"])
def test_an_unknown_address_has_the_usual_shape(client: TestClient, path: str) -> None:
    response = client.get(path, follow_redirects=False)
    assert (response.status_code, error_code(response)) == (404, "NOT_FOUND")


def test_a_wrong_method_has_the_usual_shape(client: TestClient) -> None:
    response = client.delete(ME)
    assert (response.status_code, error_code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["Allow"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[1]", b'"text"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"display_name": 1e999}', b"9" * 5000],
    ids=lambda content: repr(content[:20]),
)
def test_a_body_that_is_no_json_object_is_refused(client: TestClient, candidate: Person, content: bytes) -> None:
    response = client.patch(ME, content=content, headers={**candidate.headers, "Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert error_code(response) in ("BAD_REQUEST", "VALIDATION_FAILED")


def test_a_body_of_another_type_is_refused(client: TestClient, candidate: Person) -> None:
    headers = {**candidate.headers, "Content-Type": "text/plain"}
    response = client.patch(ME, content=b'{"display_name": "x"}', headers=headers)
    assert response.status_code == 422


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_body_that_is_too_large_is_refused(server: Server, is_declared: bool) -> None:
    person = make_signed_in(server.resources)
    body = b'{"display_name": "' + b"x" * 600_000 + b'"}'
    content: Any = body if is_declared else iter([body[:300_000], body[300_000:]])
    response = httpx.patch(
        f"{server.url}{ME}", content=content, headers={**person.headers, "Content-Type": "application/json"}
    )
    assert (response.status_code, error_code(response)) == (413, "BODY_TOO_LARGE")


def test_a_refused_field_is_named_and_its_value_is_not_repeated(client: TestClient, candidate: Person) -> None:
    response = client.patch(ME, json={"display_name": "canary" * 50, "surprise": "canary"}, headers=candidate.headers)
    assert {item["field"] for item in response.json()["details"]} == {"body.display_name", "body.surprise"}
    assert "canary" not in response.text


def test_a_fault_of_ours_tells_nothing_and_logs_no_text(
    client: TestClient, candidate: Person, session: Session
) -> None:
    interview = make_interview(session, candidate.row)
    turns = client.get(f"/api/v1/interviews/{interview.id}", headers=candidate.headers).json()["turns"]
    session.execute(text("ALTER TABLE answer ADD COLUMN surprise int NOT NULL"))
    session.commit()
    try:
        with capture_logs() as logs:
            response = client.post(
                f"/api/v1/interviews/{interview.id}/answers",
                json={"question_id": turns[0]["question"]["id"], "text": "canary in the answer"},
                headers=candidate.headers,
            )
    finally:
        session.execute(text("ALTER TABLE answer DROP COLUMN surprise"))
        session.commit()
    assert (response.status_code, error_code(response)) == (500, "INTERNAL")
    failure = next(entry for entry in logs if entry["event"] == "request failed")
    assert failure["error"] == "IntegrityError"
    assert any("submit_answer" in frame for frame in failure["at"])
    assert "canary" not in response.text + str(logs)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_database_that_is_away_is_a_503_at_once(
    start_app: Callable[..., TestClient], free_port: Callable[[], int], client: TestClient, candidate: Person
) -> None:
    away = start_app(database_url=f"postgresql+psycopg2://nobody@127.0.0.1:{free_port()}/nothing")
    requests = [
        away.get(ME, headers=candidate.headers),
        away.get(f"/api/v1/resumes/{uuid4()}", headers=candidate.headers),
        away.get(f"/api/v1/interviews/{uuid4()}/events", headers=candidate.headers),
        away.post("/api/v1/auth/register", json={"username": "haneul", "password": PASSWORD}),
        away.post("/api/v1/auth/token", data={"username": "haneul", "password": PASSWORD}),
        away.post("/api/v1/resumes", files={"file": ("a.txt", b"words")}, headers=candidate.headers),
        away.get("/api/v1/system/status"),
    ]
    for response in requests:
        assert (response.status_code, error_code(response)) == (503, "DATABASE_UNAVAILABLE")
        assert response.elapsed.total_seconds() < 5
    assert away.get("/healthz").json() == {"status": "ok"}
    readiness = away.get("/readyz")
    assert readiness.status_code == 503
    assert readiness.json()["status"] == "unavailable"


def test_a_pool_without_a_free_connection_is_a_503(start_app: Callable[..., TestClient]) -> None:
    client = start_app(database_pool_size=1)
    person = sign_in_as(client)
    engine = resources_of(client).engine
    with engine.connect(), engine.connect():
        response = client.get(ME, headers=person.headers)
    assert (response.status_code, error_code(response)) == (503, "DATABASE_UNAVAILABLE")
    assert client.get(ME, headers=person.headers).status_code == 200


@pytest.mark.parametrize("given", ["abcdefgh-1234", "A" * 64])
def test_a_sane_request_id_is_kept(client: TestClient, given: str) -> None:
    response = client.get("/nope", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == response.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with space in it", "semi;colon;here", "<script>xxxx"])
def test_another_request_id_is_replaced(client: TestClient, given: str) -> None:
    response = client.get("/nope", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] != given
    assert len(response.headers["X-Request-ID"]) == 32


def test_the_request_id_is_in_the_log_of_the_request(client: TestClient) -> None:
    with capture_logs() as logs:
        client.get("/healthz?token=canary", headers={"X-Request-ID": "trace-me-12"})
    entry = next(entry for entry in logs if entry["event"] == "request")
    assert (entry["route"], entry["status"]) == ("/healthz", 200)
    assert "canary" not in str(logs)


@pytest.mark.parametrize("path", ["/healthz", "/nope", "/api/v1/scenarios", "/docs", "/openapi.json", ME])
def test_every_response_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_documentation_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "//" not in page.replace("</", "").replace("/>", "").split("<script>")[0].replace("<!-- ", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/assets/{asset}" in page
        assert client.get(f"/docs/assets/{asset}").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://sub.good.example", "http://good.example"])
def test_no_other_origin_may_call_with_credentials(start_app: Callable[..., TestClient], origin: str) -> None:
    for client in (start_app(), start_app(cors_origins="https://good.example")):
        for response in (
            client.get("/healthz", headers={"Origin": origin}),
            client.options(ME, headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
        ):
            assert "access-control-allow-origin" not in response.headers


def test_a_named_origin_may_call(start_app: Callable[..., TestClient]) -> None:
    client = start_app(cors_origins="https://good.example, https://other.example/")
    for origin in ("https://good.example", "https://other.example"):
        response = client.get("/healthz", headers={"Origin": origin})
        assert response.headers["access-control-allow-origin"] == origin
        assert response.headers["access-control-allow-credentials"] == "true"


def test_every_operation_documents_its_errors_in_one_shape() -> None:
    document = describe_app().openapi()
    body = {"$ref": "#/components/schemas/ErrorBody"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            errors = {status: item for status, item in operation["responses"].items() if status >= "400"}
            if path in ("/healthz", "/readyz"):
                continue
            assert {"429", "500", "503"} <= set(errors), (method, path)
            assert all(item["content"]["application/json"]["schema"] == body for item in errors.values()), (
                method,
                path,
            )
            is_protected = "security" in operation and operation["operationId"] != "sign_out"
            assert ("401" in errors) >= is_protected, (method, path)
            assert ("422" in errors) >= bool(operation.get("parameters") or operation.get("requestBody")), path
            assert operation["description"], path
    assert "HTTPValidationError" not in json.dumps(document)


def test_operation_ids_and_routes_are_unique() -> None:
    ids = [item["operationId"] for methods in describe_app().openapi()["paths"].values() for item in methods.values()]
    assert len(ids) == len(set(ids))


def test_the_examples_of_the_documentation_are_accepted(client: TestClient) -> None:
    schemas = describe_app().openapi()["components"]["schemas"]
    example = schemas["Register"]["examples"][0]
    assert register(client, **example)["username"] == example["username"]
