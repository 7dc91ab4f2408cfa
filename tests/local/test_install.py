"""What set-up says when it cannot go on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import install, llm_wheel
from local.configuration import DEFAULT_PORTS
from tests.ports import free_port


def run_make_run(tmp_path: Path, path: str) -> subprocess.CompletedProcess[str]:
    """Run the platform's start with nothing but what `path` holds."""
    ports = {setting: str(free_port()) for setting in DEFAULT_PORTS}
    environment = {**os.environ, **ports, "LOCAL_STATE_DIR": str(tmp_path / "state"), "PATH": path}
    command = [sys.executable, "-m", "local", "run"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_without_node_nothing_starts_and_the_message_names_it(tmp_path: Path) -> None:
    run = run_make_run(tmp_path, str(tmp_path))

    assert run.returncode == 1
    assert run.stderr.strip().startswith("Node 20.19 or newer with npm is needed")
    assert not (tmp_path / "state" / "secrets.env").exists()


def test_an_old_node_is_named_with_its_version(tmp_path: Path) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.20.4\n")
        (tmp_path / name).chmod(0o755)

    run = run_make_run(tmp_path, str(tmp_path))

    assert run.returncode == 1
    assert "this is v18.20.4" in run.stderr


def test_a_step_that_fails_shows_its_output_and_where_the_rest_is(tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    log.write_text("an earlier step\n")

    with pytest.raises(install.SetupFailed) as failure:
        install._step("Python packages", [sys.executable, "-c", "print('no such package'); raise SystemExit(1)"], log)

    assert "no such package" in str(failure.value)
    assert "an earlier step" not in str(failure.value)
    assert "Python packages" in str(failure.value)
    assert str(log) in str(failure.value)


def test_a_changed_input_changes_the_stamp() -> None:
    files = [install.CONSTRAINTS, install.REQUIREMENTS / "platform.txt"]

    assert install._fingerprint(files) == install._fingerprint(reversed(files))
    assert install._fingerprint(files) != install._fingerprint(files[:1])


def test_the_model_library_of_one_processor_is_never_given_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    here = llm_wheel.wheel_folder("llama-cpp-python==1", "-DX=ON")
    assert here == llm_wheel.wheel_folder("llama-cpp-python==1", "-DX=ON")
    monkeypatch.setattr(llm_wheel, "_processor", lambda: "another")

    others = [
        llm_wheel.wheel_folder("llama-cpp-python==1", "-DX=ON"),
        llm_wheel.wheel_folder("llama-cpp-python==2", "-DX=ON"),
        llm_wheel.wheel_folder("llama-cpp-python==1", "-DX=OFF"),
    ]

    assert len({here, *others}) == 4
    assert all(folder.is_relative_to(tmp_path) for folder in others)


def test_a_wheel_that_was_made_before_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CMAKE_ARGS", llm_wheel.CMAKE_ARGS)
    folder = llm_wheel.wheel_folder(install._llm_requirement(), llm_wheel.CMAKE_ARGS)
    folder.mkdir(parents=True)
    made = folder / "llama_cpp_python-0.0.0-py3-none-any.whl"
    made.touch()

    assert install._make_llm_wheel(tmp_path / "setup.log") == made
    assert not (tmp_path / "setup.log").exists()
