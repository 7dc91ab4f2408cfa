"""`python -m benchmarks [NAME…]`: prints tables, most of them of the whole platform on throw-away databases."""

import argparse
import asyncio
import logging
import platform
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import structlog

from benchmarks.api import measure_api, measure_health_beside_sign_ins
from benchmarks.bad_files import measure_beside_bad_documents
from benchmarks.documents import measure_documents
from benchmarks.interviews import measure_commands, measure_interviews
from benchmarks.jobs import run_in_thread
from benchmarks.measure import Row, print_table
from benchmarks.model import measure_model
from benchmarks.outage import measure_outage
from benchmarks.page import measure_page
from benchmarks.profiles import measure_profiles
from benchmarks.reports import measure_reports
from benchmarks.resumes import measure_resumes
from benchmarks.room import measure_room
from benchmarks.room_pitch import measure_pitch
from benchmarks.streams import measure_streams
from benchmarks.trouble import measure_trouble
from tests.stack import Stack, run_stack

MEASUREMENTS: dict[str, tuple[str, Callable[[Stack], Awaitable[list[Row]]]]] = {
    "api": ("Requests", measure_api),
    "health": ("Sign-ins and health", measure_health_beside_sign_ins),
    "commands": ("Commands in the room", measure_commands),
    "streams": ("Event streams", measure_streams),
    "resumes": ("Résumés", measure_resumes),
    "jobs": ("Jobs", run_in_thread),
    "bad": ("The API beside bad files", measure_beside_bad_documents),
    "outage": ("Redis is away", measure_outage),
}


async def measure(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, run_stack(Path(folder), {"JOB_LEASE_S": "30"}) as stack:
        stack.start("backend", "worker-cpu", "worker-gpu", "sweeper")
        for name in names:
            title, run = MEASUREMENTS[name]
            if rows := await run(stack):
                print_table(title, rows)


WITHOUT_STACK: dict[str, Callable[[], None]] = {
    "model": measure_model,
    "profiles": measure_profiles,
    "interviews": measure_interviews,
    "documents": measure_documents,
    "reports": measure_reports,
    "room": measure_room,
    "trouble": measure_trouble,
}
ALSO: dict[str, Callable[[], None]] = {"pitch": measure_pitch, "page": measure_page}
"""Measured only when asked for: parts of those above, and what fetches a program."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=[[], *MEASUREMENTS, *WITHOUT_STACK, *ALSO],
        help="what to measure; all without a name",
    )
    parser.add_argument("--folder", type=Path, help="for `profiles`: other documents, each beside its expected fields")
    arguments = parser.parse_args()
    # The handlers that some measurements call here say each step; only the tables are wanted.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # Ended from outside, or by a terminal that is closed, it still stops the processes that it has started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    names = arguments.names or [*WITHOUT_STACK, *MEASUREMENTS]
    print(f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    for name in names:
        if name == "profiles" and arguments.folder:
            measure_profiles(arguments.folder)
        elif name in WITHOUT_STACK or name in ALSO:
            {**WITHOUT_STACK, **ALSO}[name]()
    if with_stack := [name for name in names if name in MEASUREMENTS]:
        asyncio.run(measure(with_stack))
    return 0


if __name__ == "__main__":
    sys.exit(main())
