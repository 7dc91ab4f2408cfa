"""Trial F3: a file whose row never came is removed, and no other file is."""

import os
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from interview_core.db.tables import PdfState, ReportPdf
from interview_core.orphans import OrphanCleaner
from interview_core.storage import Storage
from tests.factories import hear_segment, make_interview, make_resume, make_user

Sessions = sessionmaker[Session]
OLD_S = 11 * 60


@pytest.fixture
def folder(storage_url: str) -> Path:
    return Path(urlsplit(storage_url).path)


@pytest.fixture
def cleaner(sessions: Sessions, storage: Storage) -> OrphanCleaner:
    """A cleaner that knows the storage as its own, as after the first start."""
    cleaner = OrphanCleaner(sessions, storage, pause=timedelta(0))
    cleaner.clean()
    return cleaner


def put(storage: Storage, folder: Path, key: str, age_s: float) -> Path:
    storage.put(key, b"%PDF-1.7")
    return grow_old(folder / key, age_s)


def grow_old(path: Path, age_s: float) -> Path:
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def put_owned(sessions: Sessions, storage: Storage, folder: Path) -> Path:
    with sessions() as session:
        key = make_resume(session, make_user(session)).file
        session.commit()
    return put(storage, folder, key, OLD_S)


def own_pdf(sessions: Sessions) -> str:
    """The key of a report's PDF that has its row."""
    with sessions() as session:
        interview = make_interview(session, make_user(session))
        key = f"reports/{interview.id}/report.pdf"
        session.add(ReportPdf(interview_id=interview.id, state=PdfState.READY, file=key))
        session.commit()
    return key


def clean_once(cleaner: OrphanCleaner) -> int:
    """Let the cleaner go once round all files: it begins, looks at a page of each folder, and sees the end."""
    return sum(cleaner.clean() for _ in range(8))


def test_only_old_files_without_a_row_are_removed(
    cleaner: OrphanCleaner, sessions: Sessions, storage: Storage, folder: Path
) -> None:
    orphan = put(storage, folder, "resumes/a/original.pdf", OLD_S)
    uploading = put(storage, folder, "resumes/b/original.pdf", 60)
    of_another_kind = put(storage, folder, "models/c.gguf", OLD_S)
    owned = put_owned(sessions, storage, folder)
    pdf = put(storage, folder, own_pdf(sessions), OLD_S)
    orphaned_pdf = put(storage, folder, "reports/a/b.pdf", OLD_S)

    with sessions() as session:
        heard = put(storage, folder, hear_segment(session, make_interview(session, make_user(session))).audio, OLD_S)
    audio = [
        put(storage, folder, f"{name}/a/b.webm", OLD_S) for name in ("speech", "recordings", "baselines", "spoken")
    ]

    assert clean_once(cleaner) == 6

    assert [file.exists() for file in audio] == [False] * 4
    assert heard.exists()
    assert not orphan.exists()
    assert not orphaned_pdf.exists()
    assert pdf.exists()
    assert uploading.exists()
    assert of_another_kind.exists()
    assert owned.exists()


def test_what_a_killed_process_left_half_written_is_removed(
    cleaner: OrphanCleaner, storage: Storage, folder: Path
) -> None:
    put(storage, folder, "resumes/a/original.pdf", 60)
    half = folder / "resumes/a/original.pdf#1"
    half.write_bytes(b"%PD")
    young = folder / "resumes/a/original.pdf#2"
    young.write_bytes(b"%PD")
    grow_old(half, OLD_S)

    assert clean_once(cleaner) == 1

    assert not half.exists()
    assert young.exists()


def test_a_call_looks_at_one_page_and_the_next_goes_on(cleaner: OrphanCleaner, storage: Storage, folder: Path) -> None:
    for number in range(450):
        put(storage, folder, f"resumes/{number}/original.pdf", OLD_S)

    removed = [cleaner.clean() for _ in range(6)]

    assert max(removed) == 200
    assert sum(removed) == 450


def test_files_of_another_database_are_left_alone(sessions: Sessions, storage: Storage, folder: Path) -> None:
    """A throw-away database on the same folder would otherwise remove everybody's résumés."""
    strange = put(storage, folder, "resumes/a/original.pdf", OLD_S)
    cleaner = OrphanCleaner(sessions, storage, pause=timedelta(0))

    assert clean_once(cleaner) == 0
    storage.put("health/database", b"7 another")
    put_owned(sessions, storage, folder)
    assert clean_once(cleaner) == 0

    assert strange.exists()


def test_storage_that_is_away_is_no_failure(cleaner: OrphanCleaner, storage: Storage, folder: Path) -> None:
    put(storage, folder, "resumes/a/original.pdf", OLD_S)
    (folder / "resumes").rename(folder / "away")
    (folder / "resumes").write_text("a file where the folder should be")

    assert clean_once(cleaner) == 0
