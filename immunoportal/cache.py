"""The cache, which is a table of the database."""

from django.core.cache.backends.db import DatabaseCache
from django.db import IntegrityError, connections, router, transaction


class HonestDatabaseCache(DatabaseCache):
    """Says so when it cannot store.

    Django's passes over every error of the database as if the key were taken. Whoever counts
    log-ins or used codes with it would then tell people of too many attempts, or of a wrong code.
    """

    def _base_set(self, mode, key, value, *args, **kwargs):
        failures = []

        def note(execute, sql, params, many, context):
            try:
                return execute(sql, params, many, context)
            except IntegrityError:  # somebody else has just stored the same key
                raise
            except Exception as error:
                failures.append(error)
                raise

        alias = router.db_for_write(self.cache_model_class)
        # The transaction begins and ends out here, where its errors are nobody's to pass over.
        with connections[alias].execute_wrapper(note), transaction.atomic(using=alias):
            is_stored = super()._base_set(mode, key, value, *args, **kwargs)
            if failures:
                raise failures[0]
        return is_stored
