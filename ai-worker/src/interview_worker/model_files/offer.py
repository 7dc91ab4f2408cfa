"""What a server says of the file that it is asked for, and whether it goes on in the middle of it."""

import re
from dataclasses import dataclass

import httpx

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Offer:
    """What the server says that it has."""

    size_bytes: int | None
    sha256: str | None
    identity: str | None
    """Another one means another file; None: the server does not tell one from another."""


def read_offer(response: httpx.Response) -> Offer:
    """Read what is said of the file. The Hub says it before it sends on to where the bytes are."""
    steps = [*response.history, response]
    declared = (step.headers.get("x-linked-etag", "").strip('W/"').lower() for step in steps)
    sha256 = next((value for value in declared if _SHA256.fullmatch(value)), None)
    sizes = (step.headers.get("x-linked-size", "") for step in steps)
    size = next((int(value) for value in sizes if value.isdecimal()), None)
    if size is None:
        size = _size_of_body(response)
    tag = response.headers.get("etag", "")
    identity = sha256 or (f"{tag} {size}" if tag and not tag.startswith("W/") else None)
    return Offer(size, sha256, identity)


def goes_on(response: httpx.Response, offset: int) -> bool:
    """Tell whether an answer is the file from this byte on."""
    start = f"bytes {offset}-"
    return response.status_code == httpx.codes.PARTIAL_CONTENT and response.headers.get("content-range", "").startswith(
        start
    )


def _size_of_body(response: httpx.Response) -> int | None:
    total = response.headers.get("content-range", "").rpartition("/")[2]
    if total.isdecimal():
        return int(total)
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() and response.status_code == httpx.codes.OK else None
