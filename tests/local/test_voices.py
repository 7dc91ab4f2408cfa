"""Set-up without espeak-ng goes on, and says what is missing and how to get it."""

from pathlib import Path

import pytest

from local import voices


def test_a_person_without_rights_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    voices.install_voices()

    assert "apt-get install espeak-ng" in capsys.readouterr().out


def test_where_it_is_there_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    voices.install_voices()

    assert capsys.readouterr().out == ""
