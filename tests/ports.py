"""Ports for the servers of tests."""

import itertools
import os
import secrets
import socket
from collections.abc import Iterator

# Below those that systems give to outgoing connections, one of which could take a port before its server does.
_FIRST = 20_000
_OF_ONE_PROCESS = 1_000
_PROCESSES = 12


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now, and that no other process of this run is given."""
    return next(port for port in _own_ports if _is_free(port))


def _ports_of_this_process() -> Iterator[int]:
    """Give the ports of this process round and round, from anywhere, since another run has the same ones."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _PROCESSES
    first, offset = _FIRST + process * _OF_ONE_PROCESS, secrets.randbelow(_OF_ONE_PROCESS)
    return (first + (offset + count) % _OF_ONE_PROCESS for count in itertools.count())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


_own_ports = _ports_of_this_process()
