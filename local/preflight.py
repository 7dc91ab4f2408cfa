"""What is checked before anything is started. Standard library only: it also runs before the set-up."""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.ports import port_problems


class NotStarted(Exception):
    """The platform cannot run; the message says what to do."""


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Hold the installation's lock.

    Raises:
        NotStarted: a platform that runs holds it.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "platform.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotStarted("The platform is already running from this folder; stop that one with Ctrl-C.") from None
        yield


def check_ports(ports: Mapping[str, int]) -> None:
    """Check that every port (setting → port) is free.

    Raises:
        NotStarted: names each setting whose port is not.
    """
    if problems := port_problems(ports):
        raise NotStarted("\n".join(problems))
