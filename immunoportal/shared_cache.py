"""The cache of several machines: a Redis or Valkey, and behind it the table of the database.

What is counted is counted in the table; Redis holds a copy for a few seconds, and alone what lives
no longer than that, the locks of the throttle. So a Redis that goes away, comes back empty or comes
back with what it knew before makes log-ins slower, and gives nobody another try.
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

COPY_LIVES = 10  # seconds
# As long as copies live: when Redis is asked again, it has none left from before.
ASKED_AGAIN_AFTER = COPY_LIVES  # seconds
PATIENCE = 0.25  # seconds; for an answer, and for a connection

T = TypeVar("T")


class PlainSerializer:
    """Writes values as JSON: whoever can write to Redis must not be able to run code here."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


class Client(RedisCacheClient):
    """Says of a copy when it ends, not how long it lives: a Redis that hangs hears it late."""

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        ends = int((time.time() + timeout) * 1000)
        client = self.get_client(key, write=True)
        client.set(key, PlainSerializer().dumps(value), pxat=ends)


class SharedCache(BaseCache):
    """Asks Redis first, and the table of the database where Redis does not know or is away.

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
        if not self._is_away():
            return "ok"
        return f"Redis is away ({self._error}): the database counts alone, more slowly"

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        if self._is_brief(timeout):
            return self._ask(
                lambda: self._redis.add(key, value, timeout, version),
                otherwise=lambda: self._table.add(key, value, timeout, version),
            )
        is_new = self._table.add(key, value, timeout, version)
        if is_new:
            self._copy(key, value, timeout, version)
        return is_new

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        nothing = object()
        found = self._ask(lambda: self._redis.get(key, nothing, version), otherwise=lambda: nothing)
        return self._table.get(key, default, version) if found is nothing else found

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._table.set(key, value, timeout, version)
        self._copy(key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        self._forget(key, version)
        return self._table.touch(key, timeout, version)

    def delete(self, key: str, version: int | None = None) -> bool:
        was_in_table = self._table.delete(key, version)
        return self._forget(key, version) or was_in_table

    def clear(self) -> None:
        self._table.clear()
        self._ask(self._redis.clear, otherwise=lambda: False)

    def _copy(self, key: str, value: Any, timeout: Any, version: int | None) -> None:
        seconds = self._redis.get_backend_timeout(timeout)
        lives = COPY_LIVES if seconds is None else min(seconds, COPY_LIVES)
        self._ask(lambda: self._redis.set(key, value, lives, version), otherwise=lambda: None)

    def _forget(self, key: str, version: int | None) -> bool:
        return self._ask(lambda: self._redis.delete(key, version), otherwise=lambda: False)

    def _is_brief(self, timeout: Any) -> bool:
        """Tell whether something lives no longer than a copy, and so needs no second place."""
        seconds = self._redis.get_backend_timeout(timeout)
        return seconds is not None and seconds <= COPY_LIVES

    def _is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _ask(self, redis: Callable[[], T], *, otherwise: Callable[[], T]) -> T:
        """Return what Redis answers, or something else while it is away."""
        if self._is_away():
            return otherwise()
        try:
            answer = redis()
        except RedisError as error:
            logger.warning("Redis is away, and the database counts alone: %s", error)
            type(self)._error = type(error).__name__
            type(self)._away_until = time.monotonic() + ASKED_AGAIN_AFTER
            return otherwise()
        if self._error:
            logger.info("Redis is back.")
            type(self)._error = ""
        return answer
