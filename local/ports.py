"""Ports of this machine: which are taken, and by whom."""

import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

_LISTEN = "0A"


def is_taken(port: int) -> bool:
    """Whether a server cannot listen on 127.0.0.1:port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def port_problems(ports: Mapping[str, int]) -> list[str]:
    """Return a sentence for each setting (name → port) whose port is taken or given twice."""
    problems = []
    owner: dict[int, str] = {}
    for setting, port in ports.items():
        if port in owner:
            problems.append(f"{owner[port]} and {setting} are both {port}; give one of them another port.")
        elif is_taken(port):
            problems.append(
                f"Port {port} is taken{_by_whom(port)}. End that program, or choose another port: "
                f"{setting}={port + 1000} in .env or before `make run`."
            )
        owner.setdefault(port, setting)
    return problems


def _by_whom(port: int) -> str:
    holder = _holder_from_proc(port) or _holder_from_lsof(port)
    return f" by {holder}" if holder else ""


def _holder_from_proc(port: int) -> str | None:
    """Name the process that listens on the port; None where /proc does not tell, as for another user's process."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            if str(link.readlink()) in sockets:
                process = link.parent.parent
                return f"'{(process / 'comm').read_text().strip()}' (process {process.name})"
        except OSError:
            continue
    return None


def _listening_inodes(port: int) -> list[str]:
    inodes = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.append(fields[9])
    return inodes


def _holder_from_lsof(port: int) -> str | None:
    lsof = shutil.which("lsof")
    if lsof is None:
        return None
    answer = subprocess.run(
        [lsof, "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"], capture_output=True, text=True, check=False
    ).stdout
    facts = {line[0]: line[1:] for line in answer.splitlines() if line}
    return f"'{facts['c']}' (process {facts['p']})" if {"p", "c"} <= facts.keys() else None
