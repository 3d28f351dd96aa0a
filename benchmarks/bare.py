"""The first yardstick: a WSGI application that only hands out bytes that it was given.

It runs under the same gunicorn as the portal, with answers that were recorded from the portal in
``RECORDED``, a pickled dictionary: by method, path, ``Accept-Encoding`` and whether something
conditional is asked, the status, the headers and the body.
"""

import os
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ANSWERS = pickle.loads(Path(os.environ["RECORDED"]).read_bytes())


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    key = (
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        environ.get("HTTP_ACCEPT_ENCODING", ""),
        "HTTP_IF_NONE_MATCH" in environ,
    )
    status, headers, body = ANSWERS.get(key, ("404 Not Found", [("Content-Length", "0")], b""))
    start_response(status, headers)
    return [body]
