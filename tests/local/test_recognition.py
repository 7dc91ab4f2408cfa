"""Set-up without Tesseract goes on, and says what is missing and how to get it."""

from pathlib import Path

import pytest

from local import recognition


def put_program(folder: Path, languages: str) -> None:
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\nprintf 'List of languages:\\n{languages}\\n'\n")
    program.chmod(0o755)


@pytest.mark.parametrize("languages", [None, "eng", "kor"])
def test_a_person_without_rights_is_told_what_to_install(
    languages: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if languages:
        put_program(tmp_path, languages)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    recognition.install_recognition()

    assert "apt-get install tesseract-ocr tesseract-ocr-kor" in capsys.readouterr().out


def test_where_it_is_there_nothing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_program(tmp_path, "eng\\nkor")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    recognition.install_recognition()

    assert capsys.readouterr().out == ""
