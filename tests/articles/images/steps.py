"""What tests of pictures do again and again."""

import threading
from pathlib import Path

from django.core.files.storage import storages
from django.db import connections

from articles.images.renditions import make_next


def make_all() -> int:
    """Let the worker make everything; returns how often it found something to do."""
    count = 0
    while make_next():
        count += 1
    return count


def files_in(alias: str) -> list[str]:
    """The names of all files in a storage."""
    root = Path(storages[alias].path(""))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def in_threads(count: int, work) -> list:
    """Do the same in several threads that start together; what each returned or raised."""
    start = threading.Barrier(count)
    results = []

    def run():
        try:
            start.wait()
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
