"""What the site keeps about a person, gathered from every app for whoever asks.

Apps register what they know when they are ready; ``accounts`` hands it to its user (GDPR,
articles 15 and 20).
"""

from collections.abc import Callable
from typing import Any

# By a name for the file, what gives the data of a user: only what JSON can say.
_collectors: dict[str, Callable[[Any], Any]] = {}


def register(name: str, collect: Callable[[Any], Any]) -> None:
    """Have ``collect(user)`` add its answer under a name."""
    _collectors[name] = collect


def collect(user) -> dict[str, Any]:
    """All that is kept about a user, by the names of what knows it."""
    return {name: collect_part(user) for name, collect_part in _collectors.items()}
