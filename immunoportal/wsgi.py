"""The WSGI application that gunicorn serves."""

import os
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")


class Request(WSGIRequest):
    """A request that may name a codec of Python that is no charset, such as "zlib".

    It then counts as an unknown charset, where Django fails before anything can answer.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in the stubs
        except (LookupError, ValueError, SuspiciousOperation):
            self._encoding = None


handler = get_wsgi_application()
handler.request_class = Request

# It has models, which are there only now.
from immunoportal.publication.page_cache import PageCache  # noqa: E402

application = PageCache(
    handler,
    # In DEBUG nothing is stored: templates and styles change without the clock.
    most_bytes=0 if settings.DEBUG else settings.PAGE_CACHE_BYTES,
    https_header=settings.SECURE_PROXY_SSL_HEADER,
    is_behind_nginx=settings.BEHIND_NGINX,
)
