"""Confines a process that reads what strangers have made. Pure: called by the process itself."""

import ctypes
import resource
import signal
import sys


def confine(*, seconds: int, memory: int) -> None:
    """Have this process end with the one that started it, after a time, and bound its memory.

    Args:
        seconds: of a processor's time, where nobody ends the process sooner.
        memory: bytes that it may take.
    """
    if sys.platform == "linux":
        # Whoever has started this one may be killed; then nobody waits for it (prctl(2)).
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
