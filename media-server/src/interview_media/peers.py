"""Who is connected: one live peer per interview, the newest, and no more than the process can carry."""

import asyncio
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from interview_core.contract.broker import BrokerUnavailable
from interview_core.errors import TokenInvalid, Unavailable
from interview_core.tickets import LEEWAY_S, MEDIA_TICKET_LIFETIME_S, MediaTicket
from interview_media.frames import FrameSender
from interview_media.peer import Peer, PeerSuperseded, Reason
from interview_media.settings import MediaSettings

log = structlog.get_logger(__name__)

_USED_EXPIRES_S = MEDIA_TICKET_LIFETIME_S + 2 * LEEWAY_S


class TooManyPeers(Unavailable):
    code = "TOO_MANY_PEERS"


class TicketUsed(TokenInvalid):
    code = "TICKET_USED"


class Peers:
    """The peers of this process, by interview."""

    def __init__(self, settings: MediaSettings, redis: Redis, sender: FrameSender) -> None:
        self._settings = settings
        self._redis = redis
        self._sender = sender
        self._live: dict[UUID, Peer] = {}

    def __len__(self) -> int:
        return len(self._live)

    async def connect(self, ticket: MediaTicket, offer: str) -> str:
        """Return the answer to a checked offer; an older connection of the interview is closed.

        Raises:
            TooManyPeers, PeerSuperseded, TicketUsed, SdpInvalid: no peer was made.
            BrokerUnavailable: Redis is away, so nobody can tell whether the ticket was used before.
        """
        self._check_place(ticket)
        await self._use(ticket)
        self._check_place(ticket)
        older = self._live.get(ticket.interview_id)
        peer = self._live[ticket.interview_id] = Peer(ticket, self._settings, self._sender, self._forget)
        if older is not None:
            await older.close(Reason.SUPERSEDED)
        answer = await peer.answer(offer)
        log.info("peer answered", interview_id=str(ticket.interview_id), epoch=ticket.epoch, peers=len(self))
        return answer

    async def close_all(self) -> None:
        """Close every peer, for the shutdown."""
        await asyncio.gather(*(peer.close(Reason.SHUTDOWN) for peer in list(self._live.values())))

    def _check_place(self, ticket: MediaTicket) -> None:
        live = self._live.get(ticket.interview_id)
        if live is not None and live.ticket.epoch >= ticket.epoch:
            raise PeerSuperseded("A newer connection of this interview is live; ask for a new ticket to replace it.")
        if live is None and len(self) >= self._settings.media_max_peers:
            raise TooManyPeers("All places on the media server are taken; try again in a minute, or go on in text.")

    async def _use(self, ticket: MediaTicket) -> None:
        try:
            is_first = await self._redis.set(f"media-ticket:{ticket.ticket_id}", b"1", nx=True, ex=_USED_EXPIRES_S)
        except RedisError as error:
            raise BrokerUnavailable("The media ticket cannot be checked now; try again in a moment.") from error
        if not is_first:
            raise TicketUsed("This media ticket has been used; ask the interview for a new one.")

    def _forget(self, peer: Peer) -> None:
        if self._live.get(peer.ticket.interview_id) is peer:
            del self._live[peer.ticket.interview_id]
