"""A Chromium for the tests that drive a real browser."""

import os
import shutil
import subprocess
from pathlib import Path

from local.configuration import venv_python
from local.debian import apt_install, is_debian

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> Path | None:
    """Return the system's Chromium; None means that Playwright's own is to be used."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


def install_browser() -> int:
    """Install a Chromium unless the system has one; return an exit status."""
    if find_browser():
        return 0
    if os.geteuid() == 0 and is_debian():
        return apt_install("chromium", "fonts-noto-cjk")
    return subprocess.run([venv_python(), "-m", "playwright", "install", "chromium"], check=False).returncode
