"""The media server's figures for Prometheus, at /metrics; the web app's proxy does not pass that path on."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector


class MediaMetrics:
    """Figures of this process since its start."""

    def __init__(self, peers: Callable[[], int], lag_ms: Callable[[], int]) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        Gauge("interview_media_peers", "Browsers connected.", registry=registry).set_function(peers)
        Gauge("interview_media_loop_lag_ms", "99th percentile of ten seconds.", registry=registry).set_function(lag_ms)
        self._offers = Counter(
            "interview_media_offers", "Offers, by what became of them.", ["outcome"], registry=registry
        )
        self._closed = Counter(
            "interview_media_closed", "Connections closed, by reason.", ["reason"], registry=registry
        )
        self._packets = Counter(
            "interview_media_audio_packets", "Audio packets that came, and that did not.", ["what"], registry=registry
        )
        self._gap_ms = Counter("interview_media_audio_gap_ms", "Audio that was filled with silence.", registry=registry)
        self._segments = Counter(
            "interview_media_segments", "Segments of speech, by what became of them.", ["outcome"], registry=registry
        )
        self._frames = Counter(
            "interview_media_frames", "Video frames that came, and that were looked at.", ["what"], registry=registry
        )

        self._judgements = Counter(
            "interview_media_end_of_turn", "Silences judged, by what became of it.", ["outcome"], registry=registry
        )

    def count_offer(self, outcome: str) -> None:
        self._offers.labels(outcome).inc()

    def count_closed(self, reason: str) -> None:
        self._closed.labels(reason).inc()

    def count_audio(self, received: int, lost: int) -> None:
        self._packets.labels("received").inc(received)
        self._packets.labels("lost").inc(lost)

    def count_gap(self, missing_ms: int) -> None:
        self._gap_ms.inc(missing_ms)

    def count_segment(self, outcome: str) -> None:
        self._segments.labels(outcome).inc()

    def count_frames(self, received: int, sampled: int) -> None:
        self._frames.labels("received").inc(received)
        self._frames.labels("sampled").inc(sampled)

    def count_judgement(self, outcome: str) -> None:
        self._judgements.labels(outcome).inc()
