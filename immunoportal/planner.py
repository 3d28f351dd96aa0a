"""What the database knows of its rows when it plans how to answer a query.

PostgreSQL counts them itself. SQLite does so when it is told to; until then it takes every index
for equally good, and may read half a table by the language of its rows.
"""

from django.db import connection

# Entries of each index that are looked at: enough to tell a language from a number.
LOOKED_AT = 1000


def count_anew() -> bool:
    """Have SQLite count its rows anew, roughly: some milliseconds, whatever their number.

    Returns:
        False: there is nothing more to do for now.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
            cursor.execute("ANALYZE")
    return False
