"""Child processes that do not outlive their parent and do not keep root's rights."""

import ctypes
import os
import pwd
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def start(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    account: str | None = None,
    environment: Mapping[str, str] | None = None,
    stdout: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, as `account` when one is named.

    On Linux the kernel sends it `death_signal` when this process dies, even by kill -9.
    """

    def ask_for_death_signal() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(death_signal))

    entry = pwd.getpwnam(account) if account else None
    return subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        # After the change of user, which clears the kernel's note of the death signal.
        preexec_fn=ask_for_death_signal,
        user=entry.pw_uid if entry else None,
        group=entry.pw_gid if entry else None,
        extra_groups=[] if entry else None,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it has left in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS answers "not permitted" for a group of zombies
        process.kill()
    process.wait()


def unprivileged_account() -> str | None:
    """Return the account for servers that refuse to run as root; None when we are not root."""
    return "nobody" if os.geteuid() == 0 else None


def let_pass(path: Path) -> list[Path]:
    """Allow other users to pass through the folders above `path` (not to list them); return those that were changed."""
    changed = []
    for folder in path.resolve().parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            changed.append(folder)
    return changed
