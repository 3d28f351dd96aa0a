"""Confines a process that reads the file of a stranger. Pure: it knows nothing of the portal."""

import ctypes
import resource
import signal
import sys


def confine(*, memory: int, seconds: int) -> None:
    """Have this process end when it takes more than it may, or when whoever started it has ended.

    Args:
        memory: bytes.
        seconds: of a processor's time, where nobody ends the process sooner.
    """
    if sys.platform == "linux":
        # Whoever has started this one may be killed; then nobody waits for it (prctl(2)).
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
