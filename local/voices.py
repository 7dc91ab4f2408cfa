"""espeak-ng, which speaks questions where nothing better does. The platform runs without it. Standard library only."""

import os
import shutil

from local.debian import apt_install, is_debian
from local.install import say

_PACKAGE = "espeak-ng"


def install_voices() -> None:
    """Install espeak-ng where that needs nobody's help; else say how."""
    if shutil.which(_PACKAGE):
        return
    if os.geteuid() == 0 and is_debian():
        say("Set-up: espeak-ng, which speaks questions (some seconds) …")
        apt_install(_PACKAGE)
    if not shutil.which(_PACKAGE):
        say(
            "No espeak-ng here, so questions are spoken by the browser, or not at all. It comes with: "
            f"apt-get install {_PACKAGE} (Debian), brew install {_PACKAGE} (macOS)."
        )
