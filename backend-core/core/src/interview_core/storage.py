"""Files by key, in a folder or in S3; the same key means the same file in every service."""

from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

from interview_core.contract.payloads import StorageKey
from interview_core.errors import NotFound, Unavailable


class StorageUnavailable(Unavailable):
    code = "STORAGE_UNAVAILABLE"


class Storage:
    """Files under `url`: `file:///folder` (created if absent) or `s3://bucket/prefix`."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme == "file":
            Path(urlsplit(url).path).mkdir(parents=True, exist_ok=True)
        self._store: ObjectStore = from_url(url)

    def put(self, key: StorageKey, content: bytes | IO[bytes]) -> None:
        """Store a file whole or not at all.

        Raises:
            StorageUnavailable: the disk is full or the store is away.
        """
        try:
            obstore.put(self._store, key, content)
        except (BaseError, OSError) as error:
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

    def check_writable(self) -> None:
        """Write and remove a small file, or raise StorageUnavailable."""
        self.put("health/probe", b"ok")
        self.delete("health/probe")
