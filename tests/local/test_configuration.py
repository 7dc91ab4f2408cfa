"""Where settings come from, and how secrets are made."""

from pathlib import Path

import pytest

from local.configuration import ConfigurationInvalid, read_environment, read_ports, with_secrets


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first = with_secrets({}, tmp_path)
    second = with_secrets({}, tmp_path)

    assert first == second
    assert {"SECRET_KEY", "MEDIA_SECRET_KEY", "FLOWER_BASIC_AUTH"} <= first.keys()
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_no_two_secrets_or_installations_share_a_value(tmp_path: Path) -> None:
    one, other = with_secrets({}, tmp_path / "one"), with_secrets({}, tmp_path / "other")

    assert len({*one.values(), *other.values()}) == 2 * len(one)


def test_a_secret_of_a_newer_version_is_added_to_the_kept_ones(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SECRET_KEY=kept-from-before\n")

    environment = with_secrets({}, tmp_path)

    assert environment["SECRET_KEY"] == "kept-from-before"
    assert "MEDIA_SECRET_KEY" in environment


def test_the_users_own_secret_wins(tmp_path: Path) -> None:
    assert with_secrets({"SECRET_KEY": "mine"}, tmp_path)["SECRET_KEY"] == "mine"


def test_the_caller_wins_over_env_file_and_defaults_and_empty_means_absent(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        '# ports\nWEB_PORT=3100  # mine\nexport BACKEND_PORT="8100"\nMEDIA_PORT=8102\nLOG_FORMAT=\nURL=http://x/#part\n'
    )

    environment = read_environment(tmp_path, {"MEDIA_PORT": "8202", "BACKEND_PORT": ""})

    assert environment["WEB_PORT"] == "3100"
    assert environment["BACKEND_PORT"] == "8100"
    assert environment["MEDIA_PORT"] == "8202"
    assert environment["LOG_FORMAT"] == "console"
    assert environment["URL"] == "http://x/#part"


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_by_its_name(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="FLOWER_PORT"):
        read_ports(read_environment(tmp_path, {"FLOWER_PORT": value}))
