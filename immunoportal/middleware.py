"""Site-wide middleware."""

from django.conf import settings

# What the site never needs, and what embedded code must therefore not get.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media",
        "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
        "picture-in-picture", "usb", "browsing-topics",
    )
)  # fmt: skip


class SecurityHeadersMiddleware:
    """Adds the security headers that Django has no setting for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if self.should_forbid_keeping(request, response):
            response.headers["Cache-Control"] = "no-store"
        return response

    def should_forbid_keeping(self, request, response) -> bool:
        """Whether nothing has said how long this answer may be kept: then it may not be."""
        return (
            "Cache-Control" not in response.headers
            and not request.path.startswith(settings.STATIC_URL)
        )  # fmt: skip
