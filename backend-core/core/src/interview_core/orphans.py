"""Files that nobody owns: whoever stored one died before its row was written, or the row went and the file stayed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import structlog
from sqlalchemy import text
from sqlmodel import Session, col, select

from interview_core.db.engine import SessionFactory
from interview_core.db.tables import ReportPdf, Resume, SpeechSegment, SpokenAnswer, SpokenQuestion, VoiceBaseline
from interview_core.errors import NotFound
from interview_core.speech import BASELINES_FOLDER, QUESTIONS_FOLDER, RECORDINGS_FOLDER, SEGMENTS_FOLDER
from interview_core.storage import Storage, StorageUnavailable, StoredFile

log = structlog.get_logger(__name__)

OLDEST_UPLOAD = timedelta(minutes=10)
"""Nothing takes so long to store, so an older file without a row will never have one."""

_OWNERS = {
    "resumes": col(Resume.file),
    "reports": col(ReportPdf.file),
    SEGMENTS_FOLDER: col(SpeechSegment.audio),
    RECORDINGS_FOLDER: col(SpokenAnswer.recording),
    BASELINES_FOLDER: col(VoiceBaseline.recording),
    QUESTIONS_FOLDER: col(SpokenQuestion.audio),
}
"""The folders that are looked through, each with the column that says which of its files are somebody's."""

_OWNER = "health/database"
_PAUSE = timedelta(minutes=5)


class OrphanCleaner:
    """Removes orphans a few at a time: each call looks at one page of the listing, and the next goes on behind it."""

    def __init__(self, sessions: SessionFactory, storage: Storage, *, pause: timedelta = _PAUSE) -> None:
        self._sessions = sessions
        self._storage = storage
        self._pause = pause
        self._pages: Iterator[Sequence[StoredFile]] | None = None
        self._rest_until = datetime.min.replace(tzinfo=UTC)

    def clean(self) -> int:
        """Look at the next files, and return how many were removed.

        Storage that is away, or that another database's files are in, is left alone.
        """
        if datetime.now(UTC) < self._rest_until:
            return 0
        try:
            removed = self._clean_page()
        except StorageUnavailable as error:
            log.warning("orphans not cleaned", reason=error.code)
            removed = self._rest()
        if removed:
            log.warning("orphans removed", files=removed)
        return removed

    def _clean_page(self) -> int:
        before = datetime.now(UTC) - OLDEST_UPLOAD
        if self._pages is None:
            if not self._is_ours():
                log.warning("orphans not cleaned", reason="the storage belongs to another database")
                return self._rest()
            self._pages = chain.from_iterable(map(self._storage.list_files, _OWNERS))
            return sum(self._storage.remove_unfinished(folder, before) for folder in _OWNERS)
        page = next(self._pages, None)
        if page is None:
            return self._rest()
        return self._remove_orphans([file.key for file in page if file.stored_at < before])

    def _rest(self) -> int:
        self._pages = None
        self._rest_until = datetime.now(UTC) + self._pause
        return 0

    def _is_ours(self) -> bool:
        """Tell whether this database is the one whose files these are: another's rows would be missing here."""
        with self._sessions() as session:
            own = _identify(session)
        try:
            return self._storage.read(_OWNER) == own
        except NotFound:
            for folder in _OWNERS:
                first = next(self._storage.list_files(folder), [])
                if first and not self._owned([file.key for file in first]):
                    return False
            self._storage.put(_OWNER, own)
            return True

    def _remove_orphans(self, keys: Sequence[str]) -> int:
        owned = self._owned(keys)
        orphans = [key for key in keys if key not in owned]
        for key in orphans:
            self._storage.delete(key)
        return len(orphans)

    def _owned(self, keys: Sequence[str]) -> set[str]:
        with self._sessions() as session:
            found = (session.scalars(select(column).where(column.in_(keys))) for column in _OWNERS.values())
            return {key for key in chain.from_iterable(found) if key is not None}


def _identify(session: Session) -> bytes:
    row = session.execute(text("SELECT system_identifier, current_database() FROM pg_control_system()")).one()
    return f"{row[0]} {row[1]}".encode()
