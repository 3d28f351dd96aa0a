"""Reading and writing pictures with Pillow. Pure: takes bytes, returns bytes.

What comes out is re-encoded from pixels, so no EXIF, GPS position, comment or
trailing data of an upload is ever served.
"""

import io
import warnings
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

# By content, not by name: Pillow is asked to try these decoders only.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# MPO is what Pillow calls the JPEG of a camera that has put a second picture behind the first.
EXTENSIONS = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif",
}  # fmt: skip

LONGEST_SIDE = 16_383  # pixels; the most that WebP can hold

# Quality figures at which the three formats look alike; the speed of AVIF's encoder is a
# quarter of its default effort, for a file about a twentieth larger.
ENCODINGS = {
    "avif": ("AVIF", {"quality": 60, "speed": 7}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
}


class UnusablePicture(Exception):
    """The file cannot be used; the message is a sentence for the editor."""


def read(file: IO[bytes], *, max_pixels: int) -> tuple[Image.Image, str]:
    """Decode a picture whole: upright, its first frame, in sRGB, on white.

    Args:
        file: an upload, positioned anywhere.
        max_pixels: a picture with more is refused before it is decoded.

    Returns:
        The picture in mode ``RGB`` and the file name extension of its real format.

    Raises:
        UnusablePicture: not a picture of the accepted formats, too large, or broken.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow's own limit only warns; ours follows at once and refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError:
        raise UnusablePicture(_too_many_pixels(max_pixels)) from None
    except Exception:  # noqa: BLE001  decoders raise whatever hostile bytes provoke
        raise UnusablePicture(
            _("This file is not a picture in JPEG, PNG, WebP, AVIF or GIF format.")
        ) from None
    if picture.width * picture.height > max_pixels:
        raise UnusablePicture(_too_many_pixels(max_pixels))
    if max(picture.size) > LONGEST_SIDE:
        raise UnusablePicture(
            _("This picture is too long: no side may have more than %(limit)d pixels.")
            % {"limit": LONGEST_SIDE}
        )
    extension = EXTENSIONS[str(picture.format)]
    try:
        picture.load()
        return _on_white(_in_srgb(ImageOps.exif_transpose(picture))), extension
    except Exception:  # noqa: BLE001  the same
        raise UnusablePicture(
            _("This picture is broken or incomplete: it cannot be read to its end.")
        ) from None


def _too_many_pixels(max_pixels: int) -> str:
    return _(
        "This picture has too many pixels: the limit is %(limit)d megapixels. "
        "Make it smaller and try again."
    ) % {"limit": max_pixels // 1_000_000}


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Convert the colours by the picture's own profile, which will not be kept."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if picture.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError):  # does not fit its picture, or is no profile
        return picture
    return converted or picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: a diagram with black letters must stay legible on a dark page."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        picture = picture.point(lambda value: value / 256).convert("L")
    elif picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        picture = ground
    return picture.convert("RGB")


def encode(picture: Image.Image, *, width: int, format: str) -> bytes:
    """The picture at a width, as a file.

    Args:
        picture: in mode ``RGB``, at least ``width`` wide.
        width: in pixels; the height follows.
        format: ``avif``, ``webp`` or ``jpg``.
    """
    height = height_at(width, picture.width, picture.height)
    if width != picture.width:
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    encoder, options = ENCODINGS[format]
    out = io.BytesIO()
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    clean.save(out, encoder, **options)
    return out.getvalue()


def height_at(width: int, full_width: int, full_height: int) -> int:
    """The height in pixels that goes with a width."""
    return max(1, round(full_height * width / full_width))
