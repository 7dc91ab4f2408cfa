"""Files by key."""

from pathlib import Path

import pytest

from interview_core.errors import NotFound
from interview_core.storage import Storage, StorageUnavailable


def test_what_is_stored_is_read_back(storage: Storage) -> None:
    storage.put("resumes/a/original.pdf", b"%PDF-1.7")
    assert storage.read("resumes/a/original.pdf") == b"%PDF-1.7"


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(storage: Storage) -> None:
    storage.put("resumes/a/original.pdf", b"x")
    storage.delete("resumes/a/original.pdf")
    storage.delete("resumes/a/original.pdf")
    with pytest.raises(NotFound):
        storage.read("resumes/a/original.pdf")


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    storage = Storage((tmp_path / "uploads").as_uri())
    (tmp_path / "uploads" / "health").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable):
        storage.check_writable()
