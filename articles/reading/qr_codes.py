"""Draws QR codes, for what is printed: whoever has the paper finds the page again."""

import io

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

# A library of template tags: the settings call it "qr_codes".
register = template.Library()

# Modules of white around it. Printed on white, half of what the norm asks for is enough.
BORDER = 2


@register.filter
def qr_code(address: str) -> SafeString:
    """Return the QR code of an address as an SVG element, as large as the style sheet says."""
    drawn = _made(address).svg_inline(border=BORDER, omitsize=True, svgclass=None, lineclass=None)
    return mark_safe(drawn)  # noqa: S308  segno draws it from numbers


def qr_picture(address: str) -> bytes:
    """Return the QR code of an address as an SVG file."""
    out = io.BytesIO()
    _made(address).save(out, kind="svg", border=BORDER)
    return out.getvalue()


def _made(address: str) -> segno.QRCode:
    # Readable with a fold or a stain across a seventh of it.
    return segno.make(address, error="m", micro=False)
