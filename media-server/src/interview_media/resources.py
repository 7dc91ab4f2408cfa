"""What all connections of a process share."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from interview_media.end_of_turn import EndOfTurn, SilenceAlone
from interview_media.frames import FrameSender
from interview_media.metrics import MediaMetrics
from interview_media.settings import MediaSettings
from interview_media.speech_store import SpeechStore
from interview_media.speech_writer import MemoryBudget
from interview_media.voice_activity import SileroNetwork


def _decoding_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), "decoding")


def _storing_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, "storing")


def _judging_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "end-of-turn")


@dataclass
class MediaResources:
    """`network` is None where no voice can be recognised; such a server takes no spoken answers, and says so."""

    settings: MediaSettings
    frames: FrameSender
    store: SpeechStore
    network: SileroNetwork | None
    metrics: MediaMetrics
    budget: MemoryBudget
    end_of_turn: EndOfTurn = field(default_factory=SilenceAlone)
    decoding: ThreadPoolExecutor = field(default_factory=_decoding_threads)
    storing: ThreadPoolExecutor = field(default_factory=_storing_threads)
    judging: ThreadPoolExecutor = field(default_factory=_judging_thread)
    """One thread: where turns are judged too slowly, their silences decide."""

    def close(self) -> None:
        self.decoding.shutdown(wait=False, cancel_futures=True)
        self.storing.shutdown(wait=False, cancel_futures=True)
        self.judging.shutdown(wait=False, cancel_futures=True)
