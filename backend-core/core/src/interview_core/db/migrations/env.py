"""Alembic's entry: one transaction, under a lock that a second migration waits for."""

from alembic import context
from sqlalchemy import text

from interview_core.db import tables
from interview_core.db.engine import make_engine
from interview_core.db.migrate import STATEMENT_TIMEOUT_S

_LOCK = 7_402_311

url = context.config.get_main_option("sqlalchemy.url")
if not url:
    raise RuntimeError("no database address; run migrations through interview_core.db.migrate")

with make_engine(url, statement_timeout_s=STATEMENT_TIMEOUT_S).connect() as connection:
    context.configure(connection=connection, target_metadata=tables.User.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        context.run_migrations()
