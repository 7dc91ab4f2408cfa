"""Signed tokens: what we signed is read, and nothing else."""

from uuid import uuid4

import pytest

from interview_core.errors import TokenInvalid
from interview_core.tickets import MediaTicket, read_media_ticket, read_token, sign_media_ticket, sign_token
from tests.conftest import MEDIA_SECRET_KEY, SECRET_KEY


def test_a_media_ticket_comes_back_whole() -> None:
    ticket = MediaTicket(
        ticket_id=uuid4(),
        interview_id=uuid4(),
        epoch=3,
        purpose="practice",
        may_transcribe=True,
        may_analyze_emotion=False,
        language="ko",
        min_silence_ms=1200,
        max_silence_ms=0,
    )
    assert read_media_ticket(sign_media_ticket(ticket, secret=MEDIA_SECRET_KEY), secret=MEDIA_SECRET_KEY) == ticket


def test_a_media_ticket_that_lacks_something_is_refused() -> None:
    incomplete = sign_token({"epoch": 1}, secret=MEDIA_SECRET_KEY, audience="media", lifetime_s=60)
    with pytest.raises(TokenInvalid):
        read_media_ticket(incomplete, secret=MEDIA_SECRET_KEY)


@pytest.mark.parametrize("junk", ["é", " ", "\n", "=", "\x00", "\ud800"])
def test_a_token_with_junk_in_it_is_refused(junk: str) -> None:
    token = sign_token({"sub": "x"}, secret=SECRET_KEY, audience="a", lifetime_s=60)
    assert read_token(token, secret=SECRET_KEY, audience="a")["sub"] == "x"
    with pytest.raises(TokenInvalid):
        read_token(token + junk, secret=SECRET_KEY, audience="a")


def test_an_old_token_is_refused() -> None:
    token = sign_token({}, secret=SECRET_KEY, audience="a", lifetime_s=-31)
    with pytest.raises(TokenInvalid):
        read_token(token, secret=SECRET_KEY, audience="a")


def test_a_weak_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="too short"):
        sign_token({}, secret="", audience="a", lifetime_s=60)
