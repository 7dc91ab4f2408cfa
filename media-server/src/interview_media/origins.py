"""Which pages may connect: those of this server's own address, and those that the settings name."""

from collections.abc import Collection
from urllib.parse import urlsplit

from interview_core.errors import NotAllowed


class OriginRefused(NotAllowed):
    code = "ORIGIN_NOT_ALLOWED"


def check_origin(origin: str | None, host: str | None, allowed: Collection[str]) -> None:
    """Check the headers `Origin` and `Host`; programs that are no browsers send no origin.

    Raises:
        OriginRefused: the page is another site's, or hides whose it is.
    """
    if origin is None or origin in allowed:
        return
    parts = urlsplit(origin)
    if host is None or parts.scheme not in ("http", "https") or parts.netloc != host:
        raise OriginRefused("Pages of this origin may not connect; see CORS_ORIGINS.")
