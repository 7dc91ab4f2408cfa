"""Files by key, in a folder or in S3; the same key means the same file in every service."""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

from interview_core.contract.payloads import StorageKey
from interview_core.errors import NotFound, Unavailable


class StorageUnavailable(Unavailable):
    code = "STORAGE_UNAVAILABLE"


class StorageFull(StorageUnavailable):
    code = "STORAGE_FULL"


@dataclass(frozen=True)
class StoredFile:
    key: StorageKey
    stored_at: datetime
    """UTC."""


_PAGE = 200
# What obstore writes beside a local file until it is whole.
_UNFINISHED = re.compile(r"#\d+$")


class Storage:
    """Files under `url`: `file:///folder` (created if absent) or `s3://bucket/prefix`."""

    def __init__(self, url: str) -> None:
        self._folder = Path(unquote(urlsplit(url).path)) if urlsplit(url).scheme == "file" else None
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        self._store: ObjectStore = from_url(url)

    def put(self, key: StorageKey, content: bytes | IO[bytes]) -> None:
        """Store a file whole or not at all.

        Raises:
            StorageFull: nothing more fits.
            StorageUnavailable: the store is away.
        """
        try:
            obstore.put(self._store, key, content)
        except (BaseError, OSError) as error:
            if os.strerror(errno.ENOSPC) in str(error):
                message = "There is no room for the file; tell the operator, and delete what you can."
                raise StorageFull(message) from error
            raise StorageUnavailable(
                f"The file could not be stored ({type(error).__name__}); try again later."
            ) from error

    def read(self, key: StorageKey) -> bytes:
        """Return the file's content.

        Raises:
            NotFound: no file has this key.
            StorageUnavailable: the store is away.
        """
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except (NotFoundError, FileNotFoundError):
            raise NotFound(f"no file {key} in storage", code="FILE_NOT_FOUND") from None
        except (BaseError, OSError) as error:
            raise StorageUnavailable(f"The storage does not answer ({type(error).__name__}).") from error

    def delete(self, key: StorageKey) -> None:
        """Remove a file; one that is gone already is no error."""
        try:
            obstore.delete(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as error:
            raise StorageUnavailable(f"The file could not be removed ({type(error).__name__}).") from error

    def list_files(self, folder: str) -> Iterator[Sequence[StoredFile]]:
        """Return the files under a folder, in pages, each asked for when it is wanted.

        Raises:
            StorageUnavailable: the store is away.
        """
        try:
            for page in obstore.list(self._store, prefix=folder, chunk_size=_PAGE):
                yield [StoredFile(file["path"], file["last_modified"]) for file in page]
        except (BaseError, OSError) as error:
            raise StorageUnavailable(f"The storage does not answer ({type(error).__name__}).") from error

    def remove_unfinished(self, folder: str, before: datetime) -> int:
        """Remove what a process left that died while it stored a file; return how many.

        S3 keeps unfinished uploads to itself; a rule of the bucket ends them.
        """
        if self._folder is None:
            return 0
        left = [path for path in (self._folder / folder).rglob("*#*") if _UNFINISHED.search(path.name)]
        try:
            old = [path for path in left if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before]
            for path in old:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"A file could not be removed ({type(error).__name__}).") from error
        return len(old)

    def check_writable(self) -> None:
        """Write and remove a small file, or raise StorageUnavailable."""
        self.put("health/probe", b"ok")
        self.delete("health/probe")
