"""Who is connected: one live peer per interview, the newest, and no more than the process can carry."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from interview_core.contract.broker import BrokerUnavailable
from interview_core.errors import TokenInvalid, Unavailable
from interview_core.media_consents import MediaConsents, consents_key, read_consents
from interview_core.tickets import LEEWAY_S, MEDIA_TICKET_LIFETIME_S, MediaTicket
from interview_media.absence import Absences
from interview_media.peer import BROKEN_OFF, Peer, PeerSuperseded, Reason, ServerBusy
from interview_media.resources import MediaResources
from interview_media.speech_writer import SpeechWriter

log = structlog.get_logger(__name__)

_USED_EXPIRES_S = MEDIA_TICKET_LIFETIME_S + 2 * LEEWAY_S
_EPOCH_EXPIRES_S = 24 * 3600
_STORE_LIMIT_S = 8

# A page waits eight seconds for its answer; these, with the limits of `peer`, stay below that together.
_TICKET_LIMIT_S = 2
_SUPERSEDE_LIMIT_S = 1

_READ_LIMIT_S = 1
"""While Redis hangs, lost browsers are still to be noticed."""


class TooManyPeers(Unavailable):
    code = "TOO_MANY_PEERS"


class TicketUsed(TokenInvalid):
    code = "TICKET_USED"


class Peers:
    """The peers of this process, by interview. `lag_ms` tells how late the loop is."""

    def __init__(self, resources: MediaResources, redis: Redis, lag_ms: Callable[[], int]) -> None:
        self._resources = resources
        self._redis = redis
        self._lag_ms = lag_ms
        self._live: dict[UUID, Peer] = {}
        self._writers: set[SpeechWriter] = set()
        self._absences = Absences(resources)

    def __len__(self) -> int:
        return len(self._live)

    async def connect(self, ticket: MediaTicket, offer: str) -> str:
        """Return the answer to a checked offer; an older connection of the interview is closed.

        Raises:
            TooManyPeers, ServerBusy, PeerSuperseded, TicketUsed, SdpInvalid: no peer was made.
            BrokerUnavailable: Redis is away, so nobody can tell whether the ticket was used before.
        """
        self._check_place(ticket)
        consents = await self._use(ticket)
        self._check_place(ticket)
        older = self._live.get(ticket.interview_id)
        peer = self._live[ticket.interview_id] = Peer(ticket, self._resources, consents, self._forget)
        if older is not None:
            await asyncio.wait({asyncio.create_task(older.close(Reason.SUPERSEDED))}, timeout=_SUPERSEDE_LIMIT_S)
        self._absences.returned(ticket)
        answer = await peer.answer(offer)
        log.info("peer answered", interview_id=str(ticket.interview_id), epoch=ticket.epoch, peers=len(self))
        return answer

    async def close_all(self) -> None:
        """Close every peer, for the shutdown; what was said is stored before, within limits."""
        await asyncio.gather(*(peer.close(Reason.SHUTDOWN) for peer in list(self._live.values())))
        await asyncio.gather(*(writer.finish(_STORE_LIMIT_S) for writer in list(self._writers)))

    async def watch(self) -> None:
        """Look after all peers about once a second, until cancelled."""
        interval_s = min(1.0, self._resources.settings.media_silence_limit_s / 4)
        while True:
            await asyncio.sleep(interval_s)
            try:
                await self._tick()
            except Exception:
                # Nobody else would notice lost browsers or withdrawn consents.
                log.exception("watching peers failed")

    async def _tick(self) -> None:
        lag_ms = self._lag_ms()
        peers = list(self._live.values())
        for peer, (consents, epoch) in zip(peers, await self._read(peers), strict=True):
            if epoch is not None and int(epoch) > peer.ticket.epoch:
                await peer.close(Reason.SUPERSEDED)
            else:
                peer.tick(lag_ms, read_consents(consents))
        await self._absences.pause_overdue()

    async def _read(self, peers: list[Peer]) -> list[tuple[bytes | None, bytes | None]]:
        """Return what Redis knows of each peer's interview: consents, and the newest connection in any process."""
        if not peers:
            return []
        ids = [peer.ticket.interview_id for peer in peers]
        try:
            async with asyncio.timeout(_READ_LIMIT_S):
                values: list[Any] = await self._redis.mget([*map(consents_key, ids), *map(_epoch_key, ids)])
        except (RedisError, TimeoutError):
            # What is known already holds.
            values = [None for _ in range(2 * len(ids))]
        return list(zip(values[: len(ids)], values[len(ids) :], strict=True))

    def _check_place(self, ticket: MediaTicket) -> None:
        live = self._live.get(ticket.interview_id)
        if live is not None and live.ticket.epoch >= ticket.epoch:
            raise PeerSuperseded("A newer connection of this interview is live; ask for a new ticket to replace it.")
        if live is not None:
            return
        if len(self) >= self._resources.settings.media_max_peers:
            raise TooManyPeers("All places on the media server are taken; try again in a minute, or go on in text.")
        if self._lag_ms() > self._resources.settings.media_max_lag_ms:
            raise ServerBusy

    async def _use(self, ticket: MediaTicket) -> MediaConsents | None:
        """Use the ticket up; return what has been published about consents since it was signed."""
        try:
            async with asyncio.timeout(_TICKET_LIMIT_S):
                await self._take_ticket(ticket.ticket_id)
                keys = [consents_key(ticket.interview_id), _epoch_key(ticket.interview_id)]
                consents, newest = await self._redis.mget(keys)
                if newest is not None and int(newest) > ticket.epoch:
                    raise PeerSuperseded("A newer connection of this interview was made; ask for a new ticket.")
                await self._redis.set(_epoch_key(ticket.interview_id), ticket.epoch, ex=_EPOCH_EXPIRES_S)
                return read_consents(consents)
        except (RedisError, TimeoutError) as error:
            raise BrokerUnavailable("The media ticket cannot be checked now; try again in a moment.") from error

    async def _take_ticket(self, ticket_id: UUID) -> None:
        if not await self._redis.set(f"media-ticket:{ticket_id}", b"1", nx=True, ex=_USED_EXPIRES_S):
            raise TicketUsed("This media ticket has been used; ask the interview for a new one.")

    def _forget(self, peer: Peer, reason: Reason) -> None:
        if self._live.get(peer.ticket.interview_id) is peer:
            del self._live[peer.ticket.interview_id]
            if reason in BROKEN_OFF and peer.was_connected:
                self._absences.broke_off(peer.ticket, time.monotonic())
        if peer.voice is not None:
            writer = peer.voice.writer
            self._writers.add(writer)
            writer.close(lambda: self._writers.discard(writer))


def _epoch_key(interview_id: UUID) -> str:
    return f"media-epoch:{interview_id}"
