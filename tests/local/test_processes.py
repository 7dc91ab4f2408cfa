"""How many processes `make test` runs its tests in."""

import pytest

from local.__main__ import _processes_for


@pytest.mark.parametrize("arguments", [[], ["tests/core"], ["tests/core", "-k", "sweeper"], ["-n0", "-x"]])
def test_files_are_spread_over_two_processes(arguments: list[str]) -> None:
    assert _processes_for(arguments) == ["-n", "2", "--dist", "loadfile"]


def test_one_test_alone_starts_the_databases_of_one_process() -> None:
    assert _processes_for(["tests/core/test_jobs.py::test_one", "-x"]) == []
