"""What a person is told when a port is taken."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.configuration import DEFAULT_PORTS
from local.ports import is_taken, port_problems
from tests.ports import free_port


def test_free_ports_give_no_problem() -> None:
    assert port_problems({"WEB_PORT": free_port()}) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_names_its_setting_and_who_holds_it(address: str) -> None:
    with socket.socket() as holder:
        holder.bind((address, 0))
        holder.listen()
        port = holder.getsockname()[1]

        (problem,) = port_problems({"WEB_PORT": port})

    assert f"Port {port} is taken by" in problem
    assert f"(process {os.getpid()})" in problem
    assert "WEB_PORT=" in problem


def test_a_port_is_free_again_right_after_its_server_has_gone() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as every server does
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        client.connect(("127.0.0.1", port))
        server.accept()[0].close()  # the server's end waits in TIME_WAIT

    assert not is_taken(port)


def test_two_settings_with_one_port_are_named() -> None:
    port = free_port()

    (problem,) = port_problems({"WEB_PORT": port, "FLOWER_PORT": port})

    assert problem.startswith(f"WEB_PORT and FLOWER_PORT are both {port}")


def test_make_run_stops_before_anything_is_set_up_when_a_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        ports = {setting: str(free_port()) for setting in DEFAULT_PORTS} | {"WEB_PORT": str(holder.getsockname()[1])}
        environment = {**os.environ, **ports, "LOCAL_STATE_DIR": str(tmp_path / "state")}

        run = subprocess.run(
            [sys.executable, "-m", "local", "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert run.returncode == 1
    assert "WEB_PORT=" in run.stderr
    assert not (tmp_path / "state" / "secrets.env").exists()
