"""A video frame on its way from the media server to the CPU worker, in the Redis slot `streams.frame_slot` names."""

import struct
from dataclasses import dataclass

from interview_core.errors import InvalidInput

SLOT_EXPIRES_S = 10
IN_FLIGHT_EXPIRES_S = 15
"""After this time a frame whose worker died no longer keeps the interview's next frames back."""

_HEADER = struct.Struct("!QQ")


class FrameInvalid(InvalidInput):
    code = "FRAME_INVALID"


@dataclass(frozen=True)
class Frame:
    """A JPEG of one sampled frame, and when in which connection it arrived."""

    epoch: int
    frame_ms: int
    """Milliseconds from the start of the connection to the frame's arrival."""

    jpeg: bytes

    def pack(self) -> bytes:
        return _HEADER.pack(self.epoch, self.frame_ms) + self.jpeg

    @classmethod
    def unpack(cls, packed: bytes) -> "Frame":
        """Return the frame that `pack` made bytes of.

        Raises:
            FrameInvalid: the bytes are not a packed frame.
        """
        if len(packed) <= _HEADER.size:
            raise FrameInvalid("The frame slot holds no packed frame.")
        epoch, frame_ms = _HEADER.unpack_from(packed)
        return cls(epoch=epoch, frame_ms=frame_ms, jpeg=packed[_HEADER.size :])
