"""How gunicorn serves the portal; it reads this file by itself. Figures in docs/server.md."""

import ctypes
import gc
import os
import sys
from typing import Any

wsgi_app = "immunoportal.wsgi:application"
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
worker_class = "gthread"
threads = 4
# Longer than nginx keeps its connections to us (60 s): what is sent into one that closes is lost.
keepalive = 75  # seconds
# The code is loaded once. A reload (HUP) therefore brings no new code: a restart does.
preload_app = True
# The control socket would be written to the home directory, shared by all instances.
control_socket_disable = True
# gunicorn's own default also lets loopback set SCRIPT_NAME.
forwarder_headers = ""
accesslog = "-" if os.environ.get("ACCESS_LOG") else None
errorlog = "-"


def when_ready(_server: Any) -> None:
    """Have the workers, which are forked next, share memory and give it back."""
    # Else the collector writes into each object, and each worker gets its own copy of all.
    gc.collect()
    gc.freeze()
    # A fixed limit, from which on memory goes back at once. glibc would raise it with the first
    # large form and then keep what the next ones took (mallopt(3)).
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        mmap_threshold, bytes_ = -3, 128 * 1024
        libc.mallopt(mmap_threshold, bytes_)
