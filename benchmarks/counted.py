"""The portal, with a count of the requests that have reached Django: what no cache has answered.

Each process appends a byte to ``COUNTED`` for each of them.
"""

import os

from django.core.signals import request_started

from immunoportal.wsgi import application

__all__ = ["application"]

FILE = os.open(os.environ["COUNTED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def count(**_signal: object) -> None:
    os.write(FILE, b".")


request_started.connect(count)
