"""What the database knows of its rows when it plans how to answer a query.

PostgreSQL counts them itself. SQLite does so when it is told to; until then it takes every index
for equally good, and may read half a table by the language of its rows.
"""

from django.db import connection


def count_anew() -> bool:
    """Have SQLite count its rows anew: 0.6 s for 100,000 articles and 200,000 mails.

    All of them: a count of some (``analysis_limit``) takes a language for rare, and is worse than
    none.

    Returns:
        False: there is nothing more to do for now.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return False
