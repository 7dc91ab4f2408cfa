"""Packages of the system, where it is Debian and we are root. Standard library only."""

import subprocess
from pathlib import Path


def is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()


def apt_install(*packages: str) -> int:
    """Install packages; return an exit status."""
    update = subprocess.run(["apt-get", "update"], check=False).returncode
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    return update or subprocess.run(install, check=False).returncode
