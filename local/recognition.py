"""Tesseract, which reads scanned résumés. The platform runs without it and says so. Standard library only."""

import os
import shutil
import subprocess

from local.debian import apt_install, is_debian
from local.install import say

_PACKAGES = ("tesseract-ocr", "tesseract-ocr-kor")
_LANGUAGES = {"kor", "eng"}


def install_recognition() -> None:
    """Install Tesseract with Korean where that needs nobody's help; else say how."""
    if has_recognition():
        return
    if os.geteuid() == 0 and is_debian():
        say("Set-up: Tesseract, which reads scanned résumés (some seconds) …")
        apt_install(*_PACKAGES)
    if not has_recognition():
        say(
            "No Tesseract with Korean and English here, so scanned résumés cannot be read; all others can. It comes "
            f"with: apt-get install {' '.join(_PACKAGES)} (Debian), brew install tesseract tesseract-lang (macOS)."
        )


def has_recognition() -> bool:
    """Tell whether Tesseract is there and reads both languages."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return set(listed.stdout.split()) >= _LANGUAGES
