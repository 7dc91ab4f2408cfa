"""What a provider's library raises, as our errors: who can act, and whether another provider may do better.

Messages of providers are left out, since some repeat the prompt.
"""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from langchain_core.exceptions import ContextOverflowError

from interview_core.errors import EngineFailed, InterviewError
from interview_worker.engines.language_model import ModelBusy, ModelUnavailable, PromptTooLong

_REFUSED = {401, 403, 404}
_TOO_LARGE = {400, 413, 422}
_DISCONNECTED = {"RemoteProtocolError", "ServerDisconnectedError"}
"""What httpx and aiohttp raise, whose copies in the libraries are classes of their own."""
_TOO_LONG = re.compile(r"context.{0,20}(length|size|window)|exceed_context|prompt is too long", re.IGNORECASE)


class RateLimited(ModelBusy):
    """The provider wants to be left alone, for `retry_after_s` if it says how long."""

    def __init__(self, message: str, *, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


def to_interview_error(provider: str, error: BaseException) -> InterviewError:
    """Return what a provider's failure means for the request."""
    if isinstance(error, InterviewError):
        return error
    status = next(filter(None, map(_status, _causes(error))), None)
    kind = f"HTTP {status}" if status else type(error).__name__
    if _is_too_long(error, status):
        return PromptTooLong(f"The prompt is longer than {provider} takes.")
    retry_after_s = next(filter(None, map(_retry_after_s, _causes(error))), None)
    if status == 429 or (status == 503 and retry_after_s is not None):
        return RateLimited(f"{provider} is busy ({kind}).", retry_after_s=retry_after_s)
    if status in _REFUSED:
        return ModelUnavailable(f"{provider} refused the request ({kind}); look at its key, address and model.")
    return EngineFailed(f"{provider} failed ({kind}).")


def is_about_temperature(error: BaseException) -> bool:
    """Tell whether a request was refused for naming a temperature, which some models do not take."""
    status = next(filter(None, map(_status, _causes(error))), None)
    return (isinstance(error, ValueError) or status in {400, 422}) and "temperature" in _text(error)


def is_closed_connection(error: BaseException) -> bool:
    """Tell whether the server closed the connection before it answered.

    A server may close one that was kept for the next request at the very moment when that request is sent on it.
    """
    return any(type(cause).__name__ in _DISCONNECTED for cause in _causes(error))


def _is_too_long(error: BaseException, status: int | None) -> bool:
    if any(isinstance(cause, ContextOverflowError) for cause in _causes(error)):
        return True
    return status in _TOO_LARGE and any(_TOO_LONG.search(_text(cause)) for cause in _causes(error))


def _text(error: BaseException) -> str:
    return f"{error} {getattr(error, 'body', '')} {getattr(error, 'code', '')}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from; libraries wrap each other's."""
    current: BaseException | None = error
    for _ in range(8):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _status(error: BaseException) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, int) and 400 <= value < 600:
            return value
    return None


def _retry_after_s(error: BaseException) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    if not value:
        return None
    try:
        return max(float(value), 0.0)
    except ValueError:
        return _seconds_until(value)


def _seconds_until(date: str) -> float | None:
    try:
        return max(parsedate_to_datetime(date).timestamp() - time(), 0.0)
    except ValueError:
        return None
