"""Credentials for the relay, as coturn checks them."""

import base64
import hashlib
import hmac
import time
from uuid import uuid4

import pytest
from pydantic import ValidationError

from interview_core.turn_servers import LIFETIME_S, TurnSettings, make_ice_servers

SECRET = "1f2e3d4c5b6a79880f1e2d3c4b5a6978"
URLS = "turn:turn.example.com:3478?transport=udp, turns:turn.example.com:443"


def test_credentials_name_the_interview_and_end_after_hours() -> None:
    interview_id = uuid4()
    (server,) = make_ice_servers(TurnSettings(turn_urls=URLS, turn_secret=SECRET), interview_id)
    assert server.urls == ["turn:turn.example.com:3478?transport=udp", "turns:turn.example.com:443"]
    expiry, _, user = str(server.username).partition(":")
    assert user == str(interview_id)
    assert int(expiry) == pytest.approx(time.time() + LIFETIME_S, abs=5)
    expected = hmac.digest(SECRET.encode(), str(server.username).encode(), hashlib.sha1)
    assert base64.b64decode(str(server.credential)) == expected


def test_without_a_relay_there_is_none() -> None:
    assert make_ice_servers(TurnSettings(), uuid4()) == []


def test_a_stun_server_needs_no_secret() -> None:
    (server,) = make_ice_servers(TurnSettings(turn_urls="stun:stun.example.com"), uuid4())
    assert (server.username, server.credential) == (None, None)


@pytest.mark.parametrize(
    "settings",
    [
        {"turn_urls": "turn:turn.example.com"},
        {"turn_urls": "turn.example.com", "turn_secret": SECRET},
        {"turn_urls": "https://turn.example.com", "turn_secret": SECRET},
        {"turn_urls": "turn:turn.example.com", "turn_secret": "short"},
    ],
)
def test_what_no_browser_could_use_is_refused_at_the_start(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TurnSettings(**settings)
