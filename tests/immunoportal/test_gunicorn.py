"""What ``gunicorn.conf.py`` does to a process before its workers are forked."""

import ctypes
import subprocess
import sys
import textwrap

import pytest
from django.conf import settings

MEMORY = """
    import gc, re, runpy

    def own_megabytes():
        return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

    runpy.run_path("gunicorn.conf.py")["when_ready"](None)
    assert gc.get_freeze_count() > 0
    freed = b"x" * 8_000_000  # glibc would remember its size
    del freed
    before = own_megabytes()
    large = [b"x" * 1_000_000 for _number in range(50)]
    kept = [b"x" * 100_000]  # behind them
    assert own_megabytes() > before + 40
    del large
    print(own_megabytes() - before)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="is glibc's way"
)
def test_workers_share_what_was_loaded_and_give_back_what_large_forms_took():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEMORY)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert float(done.stdout) < 5
