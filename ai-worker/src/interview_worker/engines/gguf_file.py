"""Reads a GGUF file's header, so that a wrong or cut-off file is named before anything is loaded."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

DEFAULT_MODEL_FILE = "EXAONE-3.5-7.8B-Instruct-Q4_K_M.gguf"

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MAX_COUNT = 10_000_000
_MAX_STRING_BYTES = 64 * 1024 * 1024
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9

# Values per block and bytes per block of ggml's tensor types; a type unknown here is not measured.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 30: (1, 2),
}  # fmt: skip

_NO_CHAT = frozenset({"bert", "clip", "jina-bert-v2", "modern-bert", "nomic-bert", "t5encoder", "wavtokenizer-dec"})


class GgufInvalid(Exception):
    """The file is no model that can write text; the message says why."""


@dataclass(frozen=True)
class GgufHeader:
    architecture: str
    name: str | None
    licences: tuple[str, ...] = ()
    """What the file says of its licence: an SPDX id, or `other` and a name."""


def find_model_file(folder: Path, file_name: str) -> Path | None:
    """Return the model file to use: the one named, else the default one, else the first GGUF by name; None if none."""
    if file_name:
        named = folder / file_name
        return named if named.is_file() else None
    found = sorted(path for path in folder.glob("*.gguf") if path.is_file() and "mmproj" not in path.name.lower())
    default = folder / DEFAULT_MODEL_FILE
    return default if default in found else next(iter(found), None)


def read_header(path: Path) -> GgufHeader:
    """Check a file's header and its length.

    Raises:
        GgufInvalid: the file is empty, cut off, no GGUF, or of an architecture that cannot chat.
    """
    try:
        with path.open("rb") as file:
            return _Reader(file, path.stat().st_size).read()
    except (OSError, struct.error, UnicodeDecodeError, OverflowError) as error:
        raise GgufInvalid(f"{path.name} cannot be read ({type(error).__name__}); copy it again") from error


class _Reader:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def read(self) -> GgufHeader:
        if self._size == 0:
            raise GgufInvalid("the file is empty; copy it again")
        if self._file.read(4) != _MAGIC:
            raise GgufInvalid("the file is no GGUF")
        version, tensor_count, field_count = struct.unpack("<IQQ", self._bytes(20))
        if version not in _VERSIONS:
            raise GgufInvalid(f"GGUF version {version} is not supported")
        fields = {self._string(): self._value() for _ in range(self._count(field_count))}
        self._check_length(self._count(tensor_count), int(fields.get("general.alignment") or 32))
        return _checked(fields)

    def _check_length(self, tensor_count: int, alignment: int) -> None:
        ends = [self._tensor_end() for _ in range(tensor_count)]
        start = -(-self._file.tell() // alignment) * alignment
        if start + max(ends, default=0) > self._size:
            raise GgufInvalid("the file is cut off; copy it again")

    def _tensor_end(self) -> int:
        self._string()
        shape = struct.unpack(f"<{(n := self._count(self._scalar('<I')))}Q", self._bytes(8 * n))
        kind, offset = struct.unpack("<IQ", self._bytes(12))
        values = 1
        for extent in shape:
            values *= extent
        per_block, block_bytes = _BLOCKS.get(kind, (1, 0))
        return int(offset + values // per_block * block_bytes)

    def _value(self) -> Any:
        return self._typed(self._scalar("<I"))

    def _typed(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            item_kind, count = self._scalar("<I"), self._count(self._scalar("<Q"))
            if item_kind in _SCALARS:
                self._skip(count * struct.calcsize(_SCALARS[item_kind]))
            else:
                self._repeat(count, lambda: self._typed(item_kind))
            return count
        if kind not in _SCALARS:
            raise GgufInvalid(f"the header holds a value of unknown type {kind}")
        return self._scalar(_SCALARS[kind])

    def _repeat(self, count: int, read: Callable[[], Any]) -> None:
        for _ in range(count):
            read()

    def _scalar(self, form: str) -> Any:
        return struct.unpack(form, self._bytes(struct.calcsize(form)))[0]

    def _string(self) -> str:
        length = self._scalar("<Q")
        if length > _MAX_STRING_BYTES:
            raise GgufInvalid("the header is damaged; copy the file again")
        return self._bytes(length).decode("utf-8", errors="replace")

    def _count(self, count: int) -> int:
        if count > _MAX_COUNT:
            raise GgufInvalid("the header is damaged; copy the file again")
        return count

    def _bytes(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise GgufInvalid("the file is cut off; copy it again")
        return data

    def _skip(self, count: int) -> None:
        if self._file.tell() + count > self._size:
            raise GgufInvalid("the file is cut off; copy it again")
        self._file.seek(count, 1)


def _checked(fields: dict[str, Any]) -> GgufHeader:
    architecture = fields.get("general.architecture")
    if not isinstance(architecture, str):
        raise GgufInvalid("the file names no architecture")
    if architecture in _NO_CHAT or "tokenizer.ggml.tokens" not in fields:
        raise GgufInvalid(f"a model of the architecture {architecture!r} does not write text")
    name = fields.get("general.name")
    stated = (fields.get(key) for key in ("general.license", "general.license.name"))
    licences = tuple(value for value in stated if isinstance(value, str))
    return GgufHeader(architecture, name if isinstance(name, str) else None, licences)
