"""The cache, which is a table of the database."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import IntegrityError, connections, router, transaction


class HonestDatabaseCache(DatabaseCache):
    """Raises the database's error when it cannot store something.

    Django's own says instead that the key is taken. What counts log-ins and used codes would then
    tell people that they tried too often, or that their code is wrong.
    """

    def _base_set(self, mode: str, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        failures: list[Exception] = []

        def note(execute: Callable[..., Any], *statement: Any) -> Any:
            try:
                return execute(*statement)
            except IntegrityError:  # somebody else has just stored the same key
                raise
            except Exception as error:
                failures.append(error)
                raise

        alias = router.db_for_write(self.cache_model_class)
        # The transaction begins and ends out here, where its errors are nobody's to pass over.
        with connections[alias].execute_wrapper(note), transaction.atomic(using=alias):
            is_stored: bool = super()._base_set(mode, key, value, *args, **kwargs)  # type: ignore[misc]  # not in the stubs
            if failures:
                raise failures[0]
        return is_stored
