"""A platform of its own for each test, since each breaks something."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.stack import Stack, run_stack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Databases, and an account in PostgreSQL of every time a job was done."""
    with run_stack(tmp_path) as stack:
        with stack.engine.begin() as connection:
            connection.execute(text("CREATE TABLE done_log (job_id uuid, at timestamptz DEFAULT now())"))
            connection.execute(
                text(
                    "CREATE FUNCTION note_done() RETURNS trigger LANGUAGE plpgsql AS"
                    " 'BEGIN INSERT INTO done_log (job_id) VALUES (NEW.id); RETURN NEW; END'"
                )
            )
            connection.execute(
                text(
                    "CREATE TRIGGER note_done AFTER UPDATE ON job FOR EACH ROW"
                    " WHEN (NEW.state = 'done' AND OLD.state <> 'done') EXECUTE FUNCTION note_done()"
                )
            )
        yield stack
        if stack.postgres.is_ready():
            assert stack.untraced() == []
