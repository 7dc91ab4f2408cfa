"""Bring the database to the newest schema: `python -m interview_core.db.migrate`."""

import sys
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from interview_core.errors import InterviewError
from interview_core.settings import DatabaseSettings, load_settings

STATEMENT_TIMEOUT_S = 600


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for the migrations that this package carries."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("interview_core") / "db" / "migrations"))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(database_url: str) -> None:
    """Apply every migration that is missing; two processes that do so at once wait for each other."""
    command.upgrade(alembic_config(database_url), "head")


def is_at_head(engine: Engine) -> bool:
    """Tell whether the database has exactly the schema of this code."""
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def main() -> int:
    try:
        settings = load_settings(DatabaseSettings)
    except InterviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    upgrade(settings.database_url)
    sys.stdout.write("The database is at the newest schema.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
