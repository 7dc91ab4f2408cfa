"""Hostile access tokens: every one is a 401 in the usual shape, none is a fault."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from interview_api.auth.tokens import ACCESS_AUDIENCE, RefreshToken
from interview_core.db.tables import LoginSession
from interview_core.tickets import MediaTicket, sign_media_ticket, sign_token
from tests.api.conftest import Person, error_code
from tests.conftest import MEDIA_SECRET_KEY, SECRET_KEY

ME = "/api/v1/users/me"
Claims = dict[str, Any]


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sign(header: Any, payload: Any, *, secret: str = SECRET_KEY, digest: str = "sha256") -> str:
    """Sign anything at all, as an attacker who has the secret could."""
    text = f"{encode(dump(header))}.{encode(dump(payload))}"
    return f"{text}.{encode(hmac.new(secret.encode(), text.encode(), digest).digest())}"


def dump(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


HS256 = {"alg": "HS256", "typ": "JWT"}
DEEP = b'{"alg":"HS256","x":' + b"[" * 900 + b"]" * 900 + b"}"


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


FORGERIES: dict[str, Callable[[Claims, str], str]] = {
    "empty": lambda c, good: "",
    "a word": lambda c, good: "token",
    "two parts": lambda c, good: good.rpartition(".")[0],
    "four parts": lambda c, good: f"{good}.x",
    "only dots": lambda c, good: "...",
    "no signature": lambda c, good: good.rpartition(".")[0] + ".",
    "another signature": lambda c, good: good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB"),
    "another payload under the old signature": lambda c, good: ".".join(
        [good.split(".")[0], encode(dump({**c, "sub": str(uuid4())})), good.split(".")[2]]
    ),
    "another secret": lambda c, good: sign(HS256, c, secret="0" * 32),
    "an empty secret": lambda c, good: sign(HS256, c, secret=""),
    "the media server's secret": lambda c, good: sign(HS256, c, secret=MEDIA_SECRET_KEY),
    "algorithm none": lambda c, good: f"{encode(dump({'alg': 'none'}))}.{encode(dump(c))}.",
    "algorithm None": lambda c, good: f"{encode(dump({'alg': 'None'}))}.{encode(dump(c))}.",
    "algorithm HS512": lambda c, good: sign({"alg": "HS512"}, c, digest="sha512"),
    "algorithm RS256": lambda c, good: sign({"alg": "RS256"}, c),
    "algorithm ES256": lambda c, good: sign({"alg": "ES256"}, c),
    "algorithm is a list": lambda c, good: sign({"alg": ["HS256"]}, c),
    "no algorithm": lambda c, good: sign({}, c),
    "header is a list": lambda c, good: sign([1, 2], c),
    "header is not JSON": lambda c, good: sign(b"\xff\xfe", c),
    "nested header": lambda c, good: sign(DEEP, c),
    "payload is a list": lambda c, good: sign(HS256, [c]),
    "payload is a number": lambda c, good: sign(HS256, 7),
    "payload is not JSON": lambda c, good: sign(HS256, b"{"),
    "nested payload": lambda c, good: sign(HS256, b"[" * 700 + b"]" * 700),
    "no exp": lambda c, good: sign(HS256, without(c, "exp")),
    "no aud": lambda c, good: sign(HS256, without(c, "aud")),
    "no iat": lambda c, good: sign(HS256, without(c, "iat")),
    "no sub": lambda c, good: sign(HS256, without(c, "sub")),
    "no sid": lambda c, good: sign(HS256, without(c, "sid")),
    "expired": lambda c, good: sign(HS256, {**c, "iat": c["iat"] - 2000, "exp": c["exp"] - 2000}),
    "from the future": lambda c, good: sign(HS256, {**c, "iat": c["iat"] + 1000, "exp": c["exp"] + 1000}),
    "not before tomorrow": lambda c, good: sign(HS256, {**c, "nbf": c["iat"] + 86_400}),
    "exp 10^30": lambda c, good: sign(HS256, {**c, "exp": 10**30}),
    "exp as text": lambda c, good: sign(HS256, {**c, "exp": "tomorrow"}),
    "exp as infinity": lambda c, good: sign(HS256, json.dumps({**c, "exp": float("inf")}).encode()),
    "exp as true": lambda c, good: sign(HS256, {**c, "exp": True}),
    "exp null": lambda c, good: sign(HS256, {**c, "exp": None}),
    "another audience": lambda c, good: sign(HS256, {**c, "aud": "media"}),
    "a list of audiences": lambda c, good: sign(HS256, {**c, "aud": [ACCESS_AUDIENCE, "media"]}),
    "sub is a number": lambda c, good: sign(HS256, {**c, "sub": 7}),
    "sub with a NUL": lambda c, good: sign(HS256, {**c, "sub": "\x00" * 36}),
    "sub is somebody else": lambda c, good: sign(HS256, {**c, "sub": str(uuid4())}),
    "sid is another session": lambda c, good: sign(HS256, {**c, "sid": str(uuid4())}),
    "sid is an object": lambda c, good: sign(HS256, {**c, "sid": {"a": 1}}),
    "sid is SQL": lambda c, good: sign(HS256, {**c, "sid": "' OR 1=1; --".ljust(36)}),
    "1 MB": lambda c, good: good + "A" * 1_000_000,
    "a media ticket": lambda c, good: sign_media_ticket(
        MediaTicket(
            ticket_id=uuid4(),
            interview_id=uuid4(),
            epoch=1,
            purpose="practice",
            may_transcribe=True,
            may_analyze_emotion=False,
            language="ko",
            min_silence_ms=1000,
            max_silence_ms=0,
        ),
        secret=MEDIA_SECRET_KEY,
    ),
    "a refresh token": lambda c, good: str(RefreshToken.new(uuid4())),
    "latin letters beyond ASCII": lambda c, good: good + "é",
}


def test_the_corpus_is_large_enough() -> None:
    assert len(FORGERIES) >= 30


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_is_refused(client: TestClient, candidate: Person, session: Session, name: str) -> None:
    login = session.exec(select(LoginSession)).one()
    now = int(time.time())
    claims = {
        "sub": str(candidate.row.id), "sid": str(login.id), "aud": ACCESS_AUDIENCE, "iat": now, "exp": now + 900,
    }  # fmt: skip
    assert client.get(ME, headers={"Authorization": f"Bearer {sign(HS256, claims)}"}).status_code == 200
    token = FORGERIES[name](claims, candidate.token)
    response = client.get(ME, headers={"Authorization": f"Bearer {token}".encode("latin-1")})
    assert response.status_code == 401, name
    assert error_code(response) in ("NOT_AUTHENTICATED", "TOKEN_INVALID", "SESSION_REVOKED")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["", "Bearer", "Basic aGFuZXVsOnBhc3N3b3Jk", "bearer", "Token x", "Bearer  "])
def test_another_kind_of_authorization_is_no_sign_in(client: TestClient, header: str) -> None:
    response = client.get(ME, headers={"Authorization": header})
    assert (response.status_code, error_code(response)) == (401, "NOT_AUTHENTICATED")


def test_a_token_is_refused_for_a_session_of_somebody_else(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    other = session.exec(select(LoginSession).where(LoginSession.user_id == stranger.row.id)).one()
    claims = {"sub": str(candidate.row.id), "sid": str(other.id)}
    mixed = sign_token(claims, secret=SECRET_KEY, audience=ACCESS_AUDIENCE, lifetime_s=60)
    assert client.get(ME, headers={"Authorization": f"Bearer {mixed}"}).status_code == 401


def test_the_corpus_signs_as_the_product_does() -> None:
    """Otherwise every forgery would be refused for its signature alone."""
    claims = {"sub": "x", "aud": "y"}
    ours = sign_token(claims, secret=SECRET_KEY, audience="y", lifetime_s=60)
    header, payload, signature = ours.split(".")
    digest = hmac.new(SECRET_KEY.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    assert encode(digest) == signature
