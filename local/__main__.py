"""`python -m local setup|run|test|frontend|llm|model`, with any Python 3.11; what needs more runs in `.venv`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from local import browser, descendants, install, recognition, voices
from local.configuration import (
    ROOT,
    ConfigurationInvalid,
    is_in_venv,
    read_environment,
    read_ports,
    state_folder,
    venv_python,
)
from local.preflight import NotStarted, check_ports, only_one

TEST_PROCESSES = 2


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description="The platform without Docker.")
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="set up what is missing")
    setup.add_argument("--tests", action="store_true", help="also what the checks and tests need")
    commands.add_parser("run", help="set up what is missing and run the platform until Ctrl-C")
    commands.add_parser("frontend", help="install the frontend's packages and build it")
    commands.add_parser("llm", help="set up the library that runs language models")
    model = commands.add_parser("model", help="show the known model files, or download one")
    model.add_argument("model_arguments", nargs="*")
    test = commands.add_parser("test", help="set up what is missing, check the code and run the tests")
    test.add_argument("pytest_arguments", nargs="*")
    options = parser.parse_args()
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        match options.command:
            case "setup":
                return set_up(for_tests=options.tests)
            case "run":
                run()
            case "frontend":
                install.set_up_frontend()
                return 0
            case "llm":
                return set_up_llm()
            case "model":
                get_model(options.model_arguments)
            case _:
                return test_all(options.pytest_arguments)
    except (install.SetupFailed, ConfigurationInvalid, NotStarted) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def set_up(*, for_tests: bool) -> int:
    """Set up everything, the language-model library last; return an exit status."""
    install.check_tools()
    install.set_up_python(for_tests=for_tests)
    install.set_up_frontend()
    recognition.install_recognition()
    voices.install_voices()
    return set_up_llm() or (browser.install_browser() if for_tests else 0)


def set_up_llm() -> int:
    """Set up the library that runs language models; return an exit status."""
    return install.install_llm() if is_in_venv() else subprocess.run(_in_venv("local", "llm"), check=False).returncode


def run() -> NoReturn:
    """Set up what is missing, then become the platform.

    Raises:
        SetupFailed, ConfigurationInvalid, NotStarted: the message says what to do.
    """
    environment = read_environment()
    with only_one(state_folder(environment)):
        check_ports(read_ports(environment))
    install.check_tools()
    install.set_up_python()
    install.set_up_frontend()
    recognition.install_recognition()
    voices.install_voices()
    os.execv(venv_python(), _in_venv("local.run"))  # noqa: S606 - no shell is what we want


def get_model(arguments: list[str]) -> NoReturn:
    """Set up the Python packages if they are missing, then become the program that downloads model files."""
    install.set_up_python()
    command = _in_venv("interview_worker.model_files", *arguments)
    os.execve(venv_python(), command, read_environment())  # noqa: S606 - no shell is what we want


def test_all(pytest_arguments: list[str]) -> int:
    """Set up what is missing, check the code and run the tests; return an exit status.

    The frontend is set up beside the Python packages, and the language-model library compiles beside what follows.
    """
    install.check_tools()
    with install.timed("Set-up and checks"), _beside([sys.executable, "-m", "local", "frontend"]) as frontend:
        install.set_up_python(for_tests=True)
        with _beside(_in_venv("local", "llm")) as llm:
            recognition.install_recognition()
            voices.install_voices()
            failed = browser.install_browser() or frontend.wait()
            failed = failed or subprocess.run(["make", "-j2", "check"], check=False).returncode or llm.wait()
    if failed:
        return failed
    # A machine that stands still for twenty seconds fails a test that speaks in real time; what needed it is listed.
    tests = _in_venv("pytest", "--reruns", "1", *_processes_for(pytest_arguments), *pytest_arguments)
    # Without kept bytecode, each of the hundreds of processes that tests start would compile all that it imports.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(tests, env=environment, check=False).returncode


@contextmanager
def _beside(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command beside what follows, and leave nothing of it behind."""
    process = descendants.start(command)
    try:
        yield process
    finally:
        descendants.kill_group(process)


def _processes_for(pytest_arguments: list[str]) -> list[str]:
    """Return the options that spread the tests over processes with databases of their own; one test needs one only.

    Most tests wait for a service most of the time. Options that the caller gives come later and win.
    """
    is_for_one_test = any("::" in argument for argument in pytest_arguments)
    return [] if is_for_one_test else ["-n", str(TEST_PROCESSES), "--dist", "loadfile"]


def _in_venv(module: str, *arguments: str) -> list[str]:
    return [str(venv_python()), "-m", module, *arguments]


if __name__ == "__main__":
    sys.exit(main())
