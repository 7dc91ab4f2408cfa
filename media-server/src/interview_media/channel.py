"""The data channel `ctl` of one connection: the page's commands come in, messages go out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from aiortc import RTCDataChannel
from aiortc.exceptions import InvalidStateError

from interview_media.control import LABEL, BadMessage, Command, Inbox, write

log = structlog.get_logger(__name__)

_MAX_CHANNELS = 4
_MAX_UNSENT_BYTES = 256 * 1024


class ControlChannel:
    """`obey` gets each command; `on_open` is called when the channel is there, `on_abuse` after too much nonsense."""

    def __init__(
        self, obey: Callable[[Command], None], on_open: Callable[[], None], on_abuse: Callable[[], object]
    ) -> None:
        self._obey = obey
        self._on_open = on_open
        self._on_abuse = on_abuse
        self._inbox = Inbox()
        self._channel: RTCDataChannel | None = None
        self._others = 0
        self._is_closed = False

    def take(self, channel: RTCDataChannel) -> None:
        """Take the page's channel; any other one is closed."""
        if channel.label != LABEL or self._channel is not None:
            channel.close()
            self._others += 1
            if self._others > _MAX_CHANNELS:
                self._abuse()
            return
        self._channel = channel
        channel.add_listener("message", self._read)
        self._on_open()

    def tell(self, kind: str, **fields: Any) -> None:
        """Send a message, if the page can still be reached."""
        channel = self._channel
        if channel is None or channel.bufferedAmount > _MAX_UNSENT_BYTES:
            return
        with suppress(InvalidStateError, ConnectionError):
            channel.send(write(kind, fields))

    def close(self) -> None:
        self._is_closed = True

    def _read(self, message: str | bytes) -> None:
        if self._is_closed:
            return
        try:
            command = self._inbox.read(message)
        except BadMessage as error:
            self.tell("error", code=error.code)
            if error.is_last:
                self._abuse()
            return
        self._obey(command)

    def _abuse(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._on_abuse()
