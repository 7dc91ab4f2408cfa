"""The environment of the platform's processes: the caller's, then `.env`, then generated secrets, then defaults.

Standard library only: it is read before the virtual environment exists.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"

DEFAULT_PORTS = {
    "WEB_PORT": 3000,
    "BACKEND_PORT": 8000,
    "MEDIA_PORT": 8002,
    "GPU_METRICS_PORT": 8003,
    "FLOWER_PORT": 5555,
    "POSTGRES_PORT": 5433,
    "REDIS_PORT": 6380,
}


class ConfigurationInvalid(Exception):
    """A setting cannot be used; the message names it."""


def read_environment(root: Path = ROOT, caller: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the caller, the user's `.env` and the defaults say; empty values count as absent."""
    merged = dict(_defaults(root))
    for source in (_read_env_file(root / ".env"), caller):
        merged.update({name: value for name, value in source.items() if value})
    return merged


def state_folder(environment: Mapping[str, str], root: Path = ROOT) -> Path:
    """Return the folder of this installation's databases and secrets."""
    return root / environment["LOCAL_STATE_DIR"]


def read_ports(environment: Mapping[str, str]) -> dict[str, int]:
    """Return the ports by the name of their setting.

    Raises:
        ConfigurationInvalid: a port is no number from 1 to 65535.
    """
    ports = {}
    for setting in DEFAULT_PORTS:
        value = environment[setting]
        if not value.isdecimal() or not 0 < int(value) < 65536:
            raise ConfigurationInvalid(f"{setting}={value} is not a port; give a number from 1 to 65535.")
        ports[setting] = int(value)
    return ports


def with_secrets(environment: Mapping[str, str], state: Path) -> dict[str, str]:
    """Return the environment with every secret in it: the user's own, else one generated at the first start."""
    kept = _read_env_file(state / "secrets.env")
    missing = {name: value for name, value in _new_secrets().items() if name not in kept}
    if missing:
        kept.update(missing)
        _write_private(state / "secrets.env", "".join(f"{name}={value}\n" for name, value in kept.items()))
    return {**kept, **environment}


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_hex(32),
        "MEDIA_SECRET_KEY": secrets.token_hex(32),
        "FLOWER_BASIC_AUTH": f"operator:{secrets.token_hex(12)}",
    }


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner has ever been able to read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(text)
    draft.replace(path)


def _defaults(root: Path) -> dict[str, str]:
    return {
        **{setting: str(port) for setting, port in DEFAULT_PORTS.items()},
        "LOCAL_STATE_DIR": "local/.state",
        "ENVIRONMENT": "development",
        "LOG_FORMAT": "console",
        "STORAGE_URL": (root / "uploads").as_uri(),
        "MODELS_DIR": str(root / "ai_models"),
    }


def _read_env_file(path: Path) -> dict[str, str]:
    """Read NAME=value lines; quotes round a value and text after ' #' are dropped."""
    values = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = _unquote(value.strip())
    return values


def _unquote(value: str) -> str:
    if value[:1] in ("'", '"') and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)]
    return value.partition(" #")[0].strip()


def venv_python() -> Path:
    """Return the interpreter of the virtual environment."""
    return VENV / "bin" / "python"


def is_in_venv() -> bool:
    """Whether this process runs in the virtual environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()
