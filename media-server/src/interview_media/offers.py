"""What a browser's offer may be. Nothing that a hostile one says reaches the network."""

from collections import Counter

from aiortc.sdp import MediaDescription, SessionDescription

from interview_core.errors import InvalidInput

_MOST_SECTIONS = Counter(audio=1, video=1, application=1)
OPUS = "audio/opus"
_CANDIDATE_LINES = ("a=candidate:", "a=end-of-candidates", "a=remote-candidates:")


class SdpInvalid(InvalidInput):
    code = "SDP_INVALID"


def check_offer(sdp: str) -> str:
    """Return the offer without its candidates.

    The browser reaches us and is learnt as a peer-reflexive candidate, which is faster, and the server never sends a
    packet to an address that an offer names.

    Raises:
        SdpInvalid: it is no session description, or has other sections than one audio, one video and one data channel.
    """
    try:
        description = SessionDescription.parse(sdp)
    except Exception:  # noqa: BLE001  the parser fails on hostile text with errors of every kind
        raise SdpInvalid("The offer is no session description.") from None
    # Each section binds sockets of its own.
    kinds = Counter(media.kind for media in description.media)
    if kinds - _MOST_SECTIONS or not kinds["audio"] + kinds["video"]:
        raise SdpInvalid("The offer needs one audio or video section, and no more than one of each.")
    if any(media.kind == "audio" and not _has_opus(media) for media in description.media):
        raise SdpInvalid("The offer's audio needs Opus, which every browser has.")
    if any(media.dtls is None or not media.dtls.fingerprints for media in description.media):
        raise SdpInvalid("The offer does not say by which fingerprint its sender is known.")
    # aiortc breaks half-way on a bundle of sections that are not there.
    names = {media.rtp.muxId for media in description.media}
    if any(str(item) not in names for group in description.group for item in group.items):
        raise SdpInvalid("The offer groups sections that it does not have.")
    return "".join(f"{line}\r\n" for line in sdp.splitlines() if not line.startswith(_CANDIDATE_LINES))


def _has_opus(media: MediaDescription) -> bool:
    return any(codec.mimeType.lower() == OPUS for codec in media.rtp.codecs)
