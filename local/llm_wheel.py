"""The language-model library, compiled for this machine's processor and kept for the next set-up on it.

pip's own cache would hand a wheel for one processor to another, on which it dies at its first instruction.
"""

import hashlib
import os
import platform
import shutil
from pathlib import Path

# Without the parts that nothing here uses. On two cores llama.cpp's own threads wrote about twice as fast as OpenMP's.
CMAKE_ARGS = (
    "-DLLAVA_BUILD=OFF -DGGML_NATIVE=ON -DGGML_OPENMP=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF "
    "-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF"
)


def has_compiler() -> bool:
    return shutil.which(os.environ.get("CXX", "c++").split()[0]) is not None


def wheel_folder(requirement: str, cmake_args: str) -> Path:
    """Return where the wheel of a requirement (`name==version`) lies that was compiled for this processor."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    built_with = "\n".join([requirement, cmake_args, platform.machine(), platform.python_version(), _processor()])
    return cache / "interview-platform" / hashlib.sha256(built_with.encode()).hexdigest()[:16]


def find_wheel(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("*.whl"))), None)


def _processor() -> str:
    """Return what tells two kinds of processor apart: on Linux all that each can do, elsewhere its name."""
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return f"{platform.system()} {platform.processor()}"
    able = ("flags", "Features")
    lines = (line.partition(":") for line in information.read_text().splitlines())
    return "\n".join(sorted({" ".join(sorted(value.split())) for name, _, value in lines if name.strip() in able}))
