"""Rate limits in Redis, shared by all processes. When Redis is away, requests pass: availability before limits."""

import hashlib
import hmac
import math
import time
from uuid import UUID

import structlog
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from interview_api.errors import RateLimited
from interview_api.settings import ApiSettings
from interview_core.errors import InvalidInput

log = structlog.get_logger(__name__)

_PAUSE_S = 2.0
_KNOWN_ADDRESS_S = 30 * 86_400
_AWAY = (RedisError, StorageError, OSError)


class RateLimits:
    """Counts requests, sign-ins and what is asked for; every method passes within a moment when Redis is away."""

    def __init__(self, settings: ApiSettings, redis: Redis) -> None:
        self._redis = redis
        self._limiter = MovingWindowRateLimiter(
            RedisStorage(
                f"async+{settings.redis_url}",
                implementation="redispy",
                wrap_exceptions=True,
                connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # documented, and not typed
            )
        )
        self._request = RateLimitItemPerMinute(settings.rate_limit_address_per_min)
        self._sign_in_address = RateLimitItemPerMinute(settings.rate_limit_sign_in_address_per_min)
        self._sign_in_account = RateLimitItemPerMinute(settings.rate_limit_sign_in_account_per_min)
        self._question_sets = RateLimitItemPerHour(settings.rate_limit_question_sets_user_per_hour)
        self._learning_paths = RateLimitItemPerDay(settings.rate_limit_learning_paths_user_per_day)
        self._secret = settings.secret_key.get_secret_value().encode()
        self._away_until = 0.0

    async def count_request(self, address: str) -> None:
        """Raises RateLimited."""
        await self._hit(self._request, "request", self._hide(address))

    async def count_registration(self, address: str) -> None:
        """Raises RateLimited."""
        await self._hit(self._sign_in_address, "register", self._hide(address))

    async def count_sign_in(self, username: str, address: str) -> None:
        """Raises RateLimited.

        An address from which the account was used before has a bucket of its own, so strangers who guess
        cannot lock the owner out.
        """
        await self._hit(self._sign_in_address, "sign-in", self._hide(address))
        await self._hit(self._sign_in_account, "account", await self._bucket(username, address))

    async def forgive_sign_in(self, username: str, address: str) -> None:
        """Remember that the owner of an account was at this address."""
        if self._is_away():
            return
        try:
            known = self._known_key(username, address)
            await self._redis.set(known, "1", ex=_KNOWN_ADDRESS_S)
            await self._limiter.clear(self._sign_in_account, "account", self._hide(username, address))
        except _AWAY as error:
            self._pause(error)

    async def count_question_sets(self, user_id: UUID, count: int = 1) -> None:
        """Raises RateLimited, or InvalidInput for more at once than an hour allows."""
        if count > self._question_sets.amount:
            raise InvalidInput(f"An hour allows {self._question_sets.amount} question sets; ask for fewer at once.")
        await self._hit(self._question_sets, "question-set", self._hide(str(user_id)), cost=count)

    async def count_learning_path(self, user_id: UUID) -> None:
        """Raises RateLimited."""
        await self._hit(self._learning_paths, "learning-path", self._hide(str(user_id)))

    async def _bucket(self, username: str, address: str) -> str:
        if self._is_away():
            return ""
        try:
            is_known = await self._redis.exists(self._known_key(username, address))
        except _AWAY as error:
            self._pause(error)
            return ""
        return self._hide(username, address) if is_known else self._hide(username)

    async def _hit(self, limit: RateLimitItem, *names: str, cost: int = 1) -> None:
        if self._is_away():
            return
        try:
            if await self._limiter.hit(limit, *names, cost=cost):
                return
            reset_at, _ = await self._limiter.get_window_stats(limit, *names)
        except _AWAY as error:
            self._pause(error)
            return
        raise RateLimited(max(1, math.ceil(reset_at - time.time())))

    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _pause(self, error: Exception) -> None:
        self._away_until = time.monotonic() + _PAUSE_S
        log.warning("rate limits not counted", error=type(error).__name__)

    def _known_key(self, username: str, address: str) -> str:
        return f"known-address:{self._hide(username, address)}"

    def _hide(self, *names: str) -> str:
        """Return a name for the parts that tells nobody whose they are."""
        return hmac.new(self._secret, "\n".join(names).encode(), hashlib.sha256).hexdigest()[:32]
