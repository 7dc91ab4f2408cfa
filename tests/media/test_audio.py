"""From packets, of which some are lost, late or strange, to sound on a clock without holes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc.rtp import RtpPacket
from av.audio.codeccontext import AudioCodecContext

from interview_media.audio import AudioChunk, SpeechFront
from interview_media.receivers import AudioBuffer
from interview_media.reorder import Packet
from interview_media.voice_activity import SileroDetector, SileroNetwork

RTP_RATE = 48_000
SECONDS = 20


@pytest.fixture(scope="module")
def network() -> SileroNetwork:
    return SileroNetwork()


def opus(seconds: float, layout: str = "mono") -> list[bytes]:
    """A tone of 440 Hz as packets of 20 ms."""
    encoder = AudioCodecContext.create("libopus", "w")
    encoder.format, encoder.layout, encoder.sample_rate = av.AudioFormat("s16"), av.AudioLayout(layout), RTP_RATE
    encoder.time_base, encoder.bit_rate = Fraction(1, RTP_RATE), 32_000
    tone = (8000 * np.sin(np.arange(int(seconds * RTP_RATE)) * 2 * np.pi * 440 / RTP_RATE)).astype(np.int16)
    packets: list[bytes] = []
    for start in range(0, len(tone) - 959, 960):
        piece = np.repeat(tone[start : start + 960], 2) if layout == "stereo" else tone[start : start + 960]
        frame = av.AudioFrame.from_ndarray(piece[None], format="s16", layout=layout)
        frame.sample_rate, frame.pts = RTP_RATE, start
        packets += map(bytes, encoder.encode(frame))
    return packets


TONE = opus(SECONDS)


def rtp(number: int, payload: bytes, *, first: int = 65_000, origin: int = (1 << 32) - 100_000) -> RtpPacket:
    """The packet as aiortc hands it on; its numbers wrap within the test."""
    packet = RtpPacket(payload_type=111, sequence_number=(first + number) % 65536)
    packet.timestamp = (origin + number * 960) % (1 << 32)
    packet._data = payload
    return packet


@dataclass
class Heard:
    chunks: list[AudioChunk]
    buffer: AudioBuffer

    @property
    def pcm(self) -> np.ndarray:
        return np.concatenate([chunk.pcm for chunk in self.chunks])

    @property
    def silent_share(self) -> float:
        """Share of the sound that holds nothing, by 20 ms."""
        frames = self.pcm[: len(self.pcm) // 320 * 320].reshape(-1, 320).astype(float)
        return float((np.abs(frames).max(axis=1) < 50).mean())


def listen(network: SileroNetwork, packets: Sequence[RtpPacket]) -> Heard:
    front = SpeechFront(SileroDetector(network))
    chunks: list[AudioChunk] = []

    def deliver(batch: list[Packet], lost: int) -> None:
        if chunk := front.decode(batch, lost):
            chunks.append(chunk)

    buffer = AudioBuffer(deliver)
    buffer.codecs = {111: "audio/opus", 0: "audio/pcmu"}
    for packet in packets:
        assert buffer.add(packet) == (False, None)
    buffer.flush()
    return Heard(chunks, buffer)


def disordered(packets: Sequence[RtpPacket], random_: random.Random) -> Iterator[RtpPacket]:
    places = [number + random_.choice((0, 0, 0, 0, 0, 0, 1.5, 2.5)) for number in range(len(packets))]
    yield from (packet for _, packet in sorted(zip(places, packets, strict=True), key=lambda pair: pair[0]))


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05, 0.1])
def test_no_more_is_missing_than_was_lost_and_the_clock_keeps_its_length(network: SileroNetwork, loss: float) -> None:
    random_ = random.Random(5)
    all_packets = [rtp(number, payload) for number, payload in enumerate(TONE)]
    kept = [
        packet for number, packet in enumerate(all_packets) if number in (0, len(TONE) - 1) or random_.random() >= loss
    ]
    heard = listen(network, list(disordered(kept, random_)))
    assert len(heard.pcm) / 16_000 == pytest.approx(SECONDS, abs=0.05)
    assert heard.silent_share <= loss + 0.01
    assert heard.buffer.lost == pytest.approx(len(TONE) - len(kept), abs=3)
    missing_s = sum(chunk.missing_ms for chunk in heard.chunks) / 1000
    assert missing_s == pytest.approx((len(TONE) - len(kept)) * 0.02, abs=0.08)


def test_chunks_follow_each_other_and_each_sample_is_judged_once(network: SileroNetwork) -> None:
    heard = listen(network, [rtp(number, payload) for number, payload in enumerate(TONE)])
    position = judged = 0
    for chunk in heard.chunks:
        assert (chunk.start, chunk.voiced_from) == (position, judged)
        position, judged = chunk.end, judged + len(chunk.voices) * 512
    assert position - 512 < judged <= position


def test_work_is_done_by_100_ms(network: SileroNetwork) -> None:
    heard = listen(network, [rtp(number, payload) for number, payload in enumerate(TONE)])
    assert len(heard.chunks) == pytest.approx(SECONDS * 10, abs=3)


def test_a_hole_of_seconds_is_no_silence_but_a_step_of_the_clock(network: SileroNetwork) -> None:
    packets = [rtp(number, payload) for number, payload in enumerate(TONE)]
    heard = listen(network, [*packets[:100], *packets[600:]])
    starts = [chunk.start for chunk in heard.chunks]
    ends = [chunk.end for chunk in heard.chunks]
    (step,) = [b - a for a, b in zip(ends, starts[1:], strict=False) if a != b]
    assert step / 16_000 == pytest.approx(10, abs=0.15)
    assert ends[-1] / 16_000 == pytest.approx(SECONDS, abs=0.05)


def test_a_sender_that_begins_anew_is_heard_on(network: SileroNetwork) -> None:
    packets = [rtp(number, payload) for number, payload in enumerate(TONE[:200])]
    other = [rtp(number, payload, first=9_000, origin=77) for number, payload in enumerate(TONE[200:400])]
    heard = listen(network, [*packets, *other])
    assert len(heard.pcm) / 16_000 == pytest.approx(8, abs=0.1)


def test_stereo_becomes_one_channel(network: SileroNetwork) -> None:
    heard = listen(network, [rtp(number, payload) for number, payload in enumerate(opus(2, "stereo"))])
    assert len(heard.pcm) / 16_000 == pytest.approx(2, abs=0.05)
    assert np.abs(heard.pcm[4000:]).max() == pytest.approx(8000, rel=0.15)


def test_packets_of_another_codec_are_not_taken_for_sound(network: SileroNetwork) -> None:
    foreign = rtp(50, bytes(160))
    foreign.payload_type = 0
    packets = [rtp(number, payload) for number, payload in enumerate(TONE[:100])]
    heard = listen(network, [*packets[:50], foreign, *packets[51:]])
    assert heard.buffer.lost == 1
    assert len(heard.pcm) / 16_000 == pytest.approx(2, abs=0.05)


def test_broken_packets_are_silence_and_the_next_ones_are_heard(network: SileroNetwork) -> None:
    random_ = random.Random(2)
    broken = [random_.randbytes(60) if 100 <= number < 140 else payload for number, payload in enumerate(TONE)]
    heard = listen(network, [rtp(number, payload) for number, payload in enumerate(broken)])
    assert np.abs(heard.pcm[16_000 * 4 :]).max() > 6000
    assert len(heard.pcm) / 16_000 == pytest.approx(SECONDS, abs=2)


def test_a_network_that_is_not_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from interview_core.errors import EngineUnavailable
    from interview_media import voice_activity

    monkeypatch.setattr(voice_activity, "_SHA256", "0" * 64)
    with pytest.raises(EngineUnavailable, match="not the one"):
        SileroNetwork()


def test_judging_piece_by_piece_gives_what_judging_at_once_gives(network: SileroNetwork) -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, 16_000).astype(np.float32)
    at_once = SileroDetector(network).judge(samples)
    detector = SileroDetector(network)
    pieces = [detector.judge(piece) for piece in np.split(samples, [100, 1700, 1701, 5000, 9999])]
    assert np.allclose(at_once, np.concatenate(pieces), atol=1e-5)
