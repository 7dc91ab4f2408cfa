"""Runs the platform until Ctrl-C: databases, then migrations, then the rest. Needs the virtual environment."""

import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from local import postgres, processes, redis_server
from local.configuration import ROOT, read_environment, read_ports, state_folder, with_secrets
from local.install import has_llm
from local.preflight import NotStarted, check_ports, only_one
from local.supervisor import Log, Supervisor

READY_S = 120


def run() -> None:
    """Run the platform until SIGINT or SIGTERM.

    Raises:
        NotStarted: before or while starting; everything that had started has been stopped.
    """
    settings = read_environment()
    ports, state = read_ports(settings), state_folder(settings)
    with only_one(state):
        check_ports(ports)
        prepared_databases = processes.databases(state, ports)
        environment = processes.service_environment(with_secrets(settings, state), state, ports)
        log = Log()
        databases, services = (Supervisor(environment, ROOT, log) for _ in range(2))
        _on_stop_signals(_exit)
        try:
            for process in prepared_databases:
                databases.start(process)
            _prepare_database(databases, environment)
            for process in processes.services(environment):
                services.start(process)
            if not has_llm():
                services.start(processes.llm_setup())
            _await_web(services, environment)
            log.write("platform", "\n" + _welcome(environment, state, is_compiling=not has_llm()))
            _watch(services, databases)
        finally:
            _on_stop_signals(_already_stopping)
            log.write("platform", "stopping")
            services.stop()
            databases.stop()
            log.write("platform", "stopped")


def _prepare_database(databases: Supervisor, environment: Mapping[str, str]) -> None:
    url = environment["DATABASE_URL"]
    _await("PostgreSQL", databases, lambda: postgres.is_ready(url))
    _await("Redis", databases, lambda: redis_server.is_ready(environment["REDIS_URL"]))
    postgres.create_database(url)
    if databases.run_to_end(processes.migration()) != 0:
        raise NotStarted("The migration of the database failed; its output is above.")


def _await_web(services: Supervisor, environment: Mapping[str, str]) -> None:
    _await("The backend", services, lambda: _answers(f"{environment['BACKEND_URL']}/healthz"))
    _await("The web app", services, lambda: _answers(f"http://127.0.0.1:{environment['WEB_PORT']}/"))


def _await(name: str, supervisor: Supervisor, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_S
    while not is_ready():
        if supervisor.ended() or time.monotonic() > deadline:
            raise NotStarted(f"{name} does not answer after {READY_S} s; its output is above.")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except OSError:
        return False


def _watch(*supervisors: Supervisor) -> None:
    while True:
        for supervisor in supervisors:
            if name := supervisor.ended():
                raise NotStarted(f"The keeper of {name} has ended.")
        time.sleep(0.5)


def _welcome(environment: Mapping[str, str], state: Path, *, is_compiling: bool) -> str:
    is_generated = environment["FLOWER_BASIC_AUTH"] in (state / "secrets.env").read_text()
    place = state / "secrets.env" if is_generated else "your settings"
    lines = [
        "",
        f"  Web app            http://localhost:{environment['WEB_PORT']}",
        f"  API documentation  http://localhost:{environment['WEB_PORT']}/docs",
        f"  Flower (tasks)     http://localhost:{environment['FLOWER_PORT']}",
        f"                     user:password is FLOWER_BASIC_AUTH in {place}",
        "",
    ]
    if is_compiling:
        lines += [
            "  The language-model library is being set up meanwhile (6 to 11 minutes, once): 'llm-setup' in this log.",
            "  Until then questions come from the question bank, and answers are not scored.",
            "",
        ]
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])


def _on_stop_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to live on without the terminal
        signals.append(signal.SIGHUP)
    for number in signals:
        signal.signal(number, handler)


def _exit(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _already_stopping(_signal: int, _frame: FrameType | None) -> None:
    """Stopping takes at most half a minute; a second Ctrl-C must not leave processes behind."""


if __name__ == "__main__":
    try:
        run()
    except (NotStarted, postgres.PostgresSetupFailed) as error:
        print(f"\nNot started: {error}", file=sys.stderr)
        sys.exit(1)
