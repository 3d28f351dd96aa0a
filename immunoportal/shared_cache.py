"""The cache of several machines: the table of the database, and before it a Redis or Valkey that
holds the locks.

What is counted is counted in the table, which all hosts read. Redis alone holds what lives for a
few seconds, the locks of the throttle, which are two of three writes. So a Redis that goes away,
comes back empty or is reached by one host only makes log-ins slower, and gives nobody another try.
docs/scaling.md says what that guards against, and what it cannot.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import RedisError
from redis.retry import Retry

from immunoportal.cache import HonestDatabaseCache

logger = logging.getLogger(__name__)

# What lives no longer stands in Redis.
BRIEF = 10  # seconds
# As long: when Redis is asked again, it has nothing left from before.
ASKED_AGAIN_AFTER = BRIEF  # seconds
PATIENCE = 0.25  # seconds; for an answer, and for a connection

T = TypeVar("T")


class PlainSerializer:
    """Writes values as JSON: whoever can write to Redis must not be able to run code here."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


class Client(RedisCacheClient):
    """Says of a value when it ends, not how long it lives: a Redis that hangs hears it late."""

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        ends = int((time.time() + timeout) * 1000)
        client = self.get_client(key, write=True)
        return bool(client.set(key, PlainSerializer().dumps(value), pxat=ends, nx=True))


class SharedCache(BaseCache):
    """Keeps in Redis what lives for seconds, and all else in the table of the database, which takes
    everything while Redis is away.

    Values are such as JSON can write.
    """

    # Of the whole process: Django makes a cache for each thread.
    _away_until: ClassVar[float] = 0
    _error: ClassVar[str] = ""

    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(params)
        options = params["OPTIONS"]
        table = {**params, "OPTIONS": {"MAX_ENTRIES": options["MAX_ENTRIES"]}}
        self._table = HonestDatabaseCache(options["TABLE"], table)
        redis = {
            "serializer": PlainSerializer,
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            # Once more on another connection, for Redis may have closed this one when it was idle.
            "retry": Retry(NoBackoff(), 1, (NotConnected,)),
        }
        self._redis = RedisCache(server, {**params, "OPTIONS": redis})
        self._redis._class = Client  # type: ignore[attr-defined]  # not in the stubs

    def condition(self) -> str:
        """Return "ok", or that Redis is away and why."""
        self._ask(lambda: self._redis.get("condition"), otherwise=lambda: None)
        if not self._is_away():
            return "ok"
        return f"Redis is away ({self._error}): the database alone holds locks, more slowly"

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        if not self._is_brief(timeout):
            return self._table.add(key, value, timeout, version)
        # A host that cannot reach Redis has its locks in the table.
        if self._table.has_key(key, version):
            return False
        return self._ask(
            lambda: self._redis.add(key, value, timeout, version),
            otherwise=lambda: self._table.add(key, value, timeout, version),
        )

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        nothing = object()
        found = self._table.get(key, nothing, version)
        if found is not nothing:
            return found
        return self._ask(lambda: self._redis.get(key, default, version), otherwise=lambda: default)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        # Whatever is in Redis beside it is hidden by it.
        self._table.set(key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._table.touch(key, timeout, version) or self._ask(
            lambda: self._redis.touch(key, timeout, version), otherwise=lambda: False
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        was_in_table = self._table.delete(key, version)
        was_in_redis = self._ask(lambda: self._redis.delete(key, version), otherwise=lambda: False)
        return was_in_table or was_in_redis

    def clear(self) -> None:
        self._table.clear()
        self._ask(self._redis.clear, otherwise=lambda: False)

    def _is_brief(self, timeout: Any) -> bool:
        """Tell whether something lives so short that Redis may hold it."""
        seconds = self._redis.get_backend_timeout(timeout)
        return seconds is not None and seconds <= BRIEF

    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _ask(self, redis: Callable[[], T], *, otherwise: Callable[[], T]) -> T:
        """Return what Redis answers, or something else while it is away."""
        if self._is_away():
            return otherwise()
        try:
            answer = redis()
        except RedisError as error:
            logger.warning("Redis is away, and the database alone holds locks: %s", error)
            type(self)._error = type(error).__name__
            type(self)._away_until = time.monotonic() + ASKED_AGAIN_AFTER
            return otherwise()
        if self._error:
            logger.info("Redis is back.")
            type(self)._error = ""
        return answer
