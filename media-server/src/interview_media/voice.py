"""One connection's sound, from its packets to its answers. Runs on the event loop; decoding is done on a lane."""

import asyncio
from collections import deque
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from interview_core.db.tables import Language
from interview_core.tickets import MediaTicket
from interview_media.answering import Answering, Tell
from interview_media.audio import AudioChunk, SpeechFront
from interview_media.control import ErrorCode, Notice
from interview_media.end_of_turn import Adviser
from interview_media.entries import Entry, Place, SegmentHeard, TakeBegun
from interview_media.lanes import Lane
from interview_media.receivers import AudioBuffer
from interview_media.reorder import Packet
from interview_media.resources import MediaResources
from interview_media.segmenting import Segmenter
from interview_media.speech_writer import SpeechWriter
from interview_media.turns import Turn
from interview_media.voice_activity import SileroDetector, SileroNetwork

log = structlog.get_logger(__name__)

_WAITING_BATCHES = 50
_GAPS_WINDOW_S = 5
_BAD_GAPS = 0.1
_GAPS_TOLD_EVERY_S = 10
_DELAY_TOLD_EVERY_S = 10


class Voice:
    """Made with a network that finds voices; without one a connection has no voice."""

    def __init__(self, ticket: MediaTicket, resources: MediaResources, network: SileroNetwork, tell: Tell) -> None:
        self.is_allowed = False
        self.buffer = AudioBuffer(self._take)
        self._ticket = ticket
        self._metrics = resources.metrics
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._lane = Lane(resources.decoding, _WAITING_BATCHES)
        self._front = SpeechFront(SileroDetector(network))
        self.writer = SpeechWriter(resources.store, resources.storing, resources.budget, self)
        self._store, self._storing = resources.store, resources.storing
        self._asking: asyncio.Task[None] | None = None
        self._turn = Turn(ticket.min_silence_ms, ticket.max_silence_ms)
        settings = resources.settings
        self.answering = Answering(
            self._place,
            self._turn,
            Segmenter(settings.media_segment_s, settings.media_segment_max_s),
            self.writer,
            tell,
            self.buffer.flush,
            Adviser(
                resources.end_of_turn,
                resources.judging,
                ticket.language,
                later=self._loop.call_soon_threadsafe,
                tell=self._turn.advise,
                count=resources.metrics.count_judgement,
            ),
        )
        self._missing: deque[tuple[float, int]] = deque()
        self._counted = (0, 0)
        self._gaps_told_at = self._delay_told_at = -1e9

    def allow(self, *, is_allowed: bool) -> None:
        """Hear the candidate, or from now on not."""
        was_allowed, self.is_allowed = self.is_allowed, is_allowed
        if was_allowed and not is_allowed:
            self.answering.forbid()

    def close(self) -> None:
        """The connection is gone. What was said in it is still stored."""
        self._lane.close()
        self.answering.lose()

    def loss(self) -> float:
        """Return the share of packets that got lost since the last call."""
        received, lost = self.buffer.received, self.buffer.lost
        new_received, new_lost = received - self._counted[0], lost - self._counted[1]
        self._counted = received, lost
        self._metrics.count_audio(new_received, new_lost)
        return new_lost / (new_received + new_lost) if new_received + new_lost else 0.0

    def tell_gaps(self) -> None:
        """Warn the page when much of the last seconds is missing while somebody answers."""
        now = self._loop.time()
        while self._missing and self._missing[0][0] < now - _GAPS_WINDOW_S:
            self._missing.popleft()
        missing_ms = sum(entry[1] for entry in self._missing)
        if not self.answering.is_open or missing_ms < _BAD_GAPS * _GAPS_WINDOW_S * 1000:
            return
        if now - self._gaps_told_at >= _GAPS_TOLD_EVERY_S:
            self._gaps_told_at = now
            self._tell("notice", code=Notice.AUDIO_GAPS)

    def stored(self, entry: Entry) -> None:
        if isinstance(entry, SegmentHeard):
            self._metrics.count_segment("stored")
        elif isinstance(entry, TakeBegun):
            self._asking = asyncio.create_task(self._ask_patience(entry.place))
        self.answering.stored(entry)

    def not_stored(self, entry: Entry, code: ErrorCode) -> None:
        if isinstance(entry, SegmentHeard):
            self._metrics.count_segment("refused" if code is ErrorCode.QUESTION_NOT_FOUND else "lost")
        self.answering.not_stored(entry, code)

    def delayed(self) -> None:
        now = self._loop.time()
        if now - self._delay_told_at >= _DELAY_TOLD_EVERY_S:
            self._delay_told_at = now
            self._tell("error", code=ErrorCode.STORAGE_UNAVAILABLE)

    def _place(self, question_id: UUID, take: int) -> Place:
        language = Language(self._ticket.language)
        return Place(self._ticket.interview_id, self._ticket.epoch, language, question_id, take)

    async def _ask_patience(self, place: Place) -> None:
        """Each question has its own patience; until it is known, or without a database, the ticket's holds."""
        if self._ticket.max_silence_ms == 0:
            return
        try:
            patience = await self._loop.run_in_executor(self._storing, self._store.patience_for, place)
        except SQLAlchemyError as error:
            log.warning("patience not known", interview_id=str(place.interview_id), error=type(error).__name__)
            return
        if patience is not None:
            self._turn.be_patient(patience.min_silence_ms, patience.max_silence_ms)

    def _take(self, packets: list[Packet], lost: int) -> None:
        if self.is_allowed and not self._lane.submit(lambda: self._decode(packets, lost)):
            self._metrics.count_gap(len(packets) * 20)

    def _decode(self, packets: list[Packet], lost: int) -> None:
        if not self.is_allowed:
            return
        chunk = self._front.decode(packets, lost)
        if chunk is not None:
            self._loop.call_soon_threadsafe(self._hear, chunk)

    def _hear(self, chunk: AudioChunk) -> None:
        if chunk.missing_ms:
            self._metrics.count_gap(chunk.missing_ms)
            self._missing.append((self._loop.time(), chunk.missing_ms))
        if self.is_allowed:
            self.answering.hear(chunk)
