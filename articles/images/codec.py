"""Reads and writes pictures with Pillow. Pure: takes a file, returns bytes.

What comes out is re-encoded from pixels, so no EXIF, GPS position, comment or
trailing data of an upload is ever served.

Memory is bounded: a picture is decoded once, JPEGs at a fraction of their size, and brought to
its new size strip by strip, so that no second copy of the whole is made on the way.

    python -m articles.images.codec WIDTH FORMAT MAX_PIXELS < picture

renders one picture, as ``articles.images.sandbox`` has it done.
"""

import io
import json
import math
import sys
import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from PIL import AvifImagePlugin, ExifTags, Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from articles.files.confinement import confine

# By content, not by name: Pillow is asked to try these decoders only.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
# MPO is what Pillow calls the JPEG of a camera that has put a second picture behind the first.
EXTENSIONS = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "gif",
}  # fmt: skip

LONGEST_SIDE = 16_383  # pixels; the most that WebP can hold
LARGEST_WIDTH = 1600  # pixels; the widest rendition that is ever made

# Quality figures at which the three formats look alike; the speed of AVIF's encoder is a
# quarter of its default effort, for a file about a twentieth larger. A second thread gains
# it nothing.
ENCODINGS = {
    "avif": ("AVIF", {"quality": 60, "speed": 7, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 80, "method": 4}),
    "jpg": ("JPEG", {"quality": 82, "optimize": True, "progressive": True}),
}

# Bytes that decoding a picture may take; what else the process needs comes on top.
MEMORY = 200_000_000
# The decoder's canvas, a second one or its planes, a copy, Pillow's picture.
BYTES_A_PIXEL = {"WEBP": 16, "AVIF": 16}
# Pixels that a picture may have to be encoded, in about as many bytes: AVIF's encoder takes
# 35 a pixel, WebP's 18.
MOST_ENCODED = {"avif": 6_000_000, "webp": 12_000_000, "jpg": LARGEST_WIDTH * LONGEST_SIDE}
# Bytes of the whole process, for what the figures above do not foresee.
MOST_MEMORY = 256 * 1024 * 1024
# Of a processor's time, where nobody ends the process sooner.
MOST_SECONDS = 90

# By the EXIF orientation, what puts a picture upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)

STRIP = 200_000  # source pixels that are brought to their new size at a time
SUPPORT = 3  # times the scale: how far Lanczos' filter looks to either side


class Reason(StrEnum):
    """Why a picture is refused."""

    NO_PICTURE = "no picture"
    BROKEN = "broken"
    TOO_HEAVY = "too heavy"
    TOO_LONG = "too long"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_MANY_PIXELS_FOR_FORMAT = "too many pixels for its format"
    TOO_MUCH_MEMORY = "too much memory"
    TOO_SLOW = "too slow"


class UnusablePicture(Exception):
    """The file cannot be used; as text it is a sentence for the editor.

    Attributes:
        reason: what is wrong.
        limit: the bytes or pixels that the reason speaks of.
    """

    def __init__(self, reason: Reason, limit: int = 0):
        super().__init__(reason, limit)
        self.reason, self.limit = reason, limit

    def __str__(self) -> str:
        # Imported here, for the process that decodes has no use for Django.
        from django.template.defaultfilters import filesizeformat
        from django.utils.translation import gettext as _

        match self.reason:
            case Reason.NO_PICTURE:
                return _("This file is not a picture in JPEG, PNG, WebP, AVIF or GIF format.")
            case Reason.BROKEN:
                return _("This picture is broken or incomplete: it cannot be read to its end.")
            case Reason.TOO_HEAVY:
                return _("This file is larger than %(limit)s. Make the picture smaller.") % {
                    "limit": filesizeformat(self.limit)
                }
            case Reason.TOO_LONG:
                return _(
                    "This picture is too long: no side may have more than %(limit)d pixels."
                ) % {"limit": self.limit}
            case Reason.TOO_MANY_PIXELS:
                return _(
                    "This picture has too many pixels: the limit is %(limit)d megapixels. "
                    "Make it smaller and try again."
                ) % {"limit": self.limit // 1_000_000}
            case Reason.TOO_MANY_PIXELS_FOR_FORMAT:
                return _(
                    "This picture has too many pixels for its format: the limit is %(limit)d "
                    "megapixels. Save it as PNG or as a plain (not progressive) JPEG, or make it "
                    "smaller."
                ) % {"limit": self.limit // 1_000_000}
            case Reason.TOO_MUCH_MEMORY:
                return _(
                    "This picture takes too much memory to read. Save it as a plain (not "
                    "progressive) JPEG."
                )
            case Reason.TOO_SLOW:
                return _("This picture took too long to read. Try again later, or make it smaller.")


@dataclass(frozen=True)
class Rendered:
    """A picture file, and what was read of the one that it was made from.

    Attributes:
        content: the file.
        width, height: of the original in pixels, upright.
        extension: of the original's file name, by its real format.
    """

    content: bytes
    width: int
    height: int
    extension: str


def open_picture(file: IO[bytes], *, max_pixels: int) -> ImageFile.ImageFile:
    """Look at the head of a picture file; nothing is decoded yet.

    Args:
        file: an upload, positioned anywhere.
        max_pixels: a picture with more is refused.

    Raises:
        UnusablePicture: not a picture of the accepted formats, or too large.
    """
    file.seek(0)
    size = _size_of_webp(file.read(30))
    if size:  # before its decoder takes a canvas for it
        _demand_size(size, BYTES_A_PIXEL["WEBP"], max_pixels)
    file.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow's own limit only warns; ours follows at once and refuses.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError:
        raise UnusablePicture(Reason.TOO_MANY_PIXELS, max_pixels) from None
    except MemoryError:  # of a head that holds as much as a picture
        raise UnusablePicture(Reason.TOO_MUCH_MEMORY) from None
    except Exception:  # noqa: BLE001  decoders raise whatever hostile bytes provoke
        raise UnusablePicture(Reason.NO_PICTURE) from None
    _demand_size(picture.size, _bytes_a_pixel(picture), max_pixels)
    return picture


def _demand_size(size: tuple[int, int], bytes_a_pixel: float, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise UnusablePicture(Reason.TOO_MANY_PIXELS, max_pixels)
    if max(size) > LONGEST_SIDE:
        raise UnusablePicture(Reason.TOO_LONG, LONGEST_SIDE)
    if width * height * bytes_a_pixel > MEMORY:
        limit = int(MEMORY / bytes_a_pixel)
        raise UnusablePicture(Reason.TOO_MANY_PIXELS_FOR_FORMAT, limit)


def _size_of_webp(head: bytes) -> tuple[int, int] | None:
    """Return the size that the first 30 bytes of a WebP file tell (RFC 9649), if they are."""
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":
            return _number(head[24:27]) + 1, _number(head[27:30]) + 1
        case b"VP8L":
            both = _number(head[21:25])
            return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _number(head[26:28]) & 0x3FFF, _number(head[28:30]) & 0x3FFF
    return None


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _bytes_a_pixel(picture: ImageFile.ImageFile) -> float:
    """Return what decoding takes, as measured with Pillow 13; for any rendition, the widest too."""
    if picture.format in BYTES_A_PIXEL:
        return BYTES_A_PIXEL[picture.format]
    if isinstance(picture, JpegImageFile) and picture.info.get("progressive"):
        # Two bytes for each sample of the whole, which come in several passes.
        samples = [across * down for _id, across, down, _table in picture.layer]
        scale = min(picture.size) // LARGEST_WIDTH
        return 2 * sum(samples) / max(1, *samples) + 4 / _draft_scale(scale) ** 2
    return 4


def _draft_scale(scale: int) -> int:
    """Return the largest fraction at which JPEGs can be decoded, and not below ``1/scale``."""
    return max((step for step in (2, 4, 8) if step <= scale), default=1)


def render(picture: ImageFile.ImageFile, *, width: int, format: str) -> Rendered:
    """Make a file for readers from a picture: upright, its first frame, in sRGB, on white.

    The original is read to its end, so that one which is broken is noticed.

    Args:
        picture: from ``open_picture``; closed, and its file, when it has been read.
        width: of the result in pixels, at most: nothing is enlarged.
        format: ``avif``, ``webp`` or ``jpg``.

    Raises:
        UnusablePicture: the file is broken.
    """
    extension, size = EXTENSIONS[str(picture.format)], picture.size
    try:
        if isinstance(picture, JpegImageFile):
            # At least as wide as is wanted, whichever side will be up.
            across = size[1] if _orientation(picture) in SIDEWAYS else size[0]
            scale = _draft_scale(across // width)
            picture.draft(None, (max(1, size[0] // scale), max(1, size[1] // scale)))
        picture.load()
        # Of some formats it is known only now.
        orientation = _orientation(picture)
        sideways = orientation in SIDEWAYS
        full_width, full_height = reversed(size) if sideways else size
        width = min(width, full_width)
        target = (width, height_at(width, full_width, full_height))
        small = _resized(picture, target[::-1] if sideways else target)
        profile = picture.info.get("icc_profile")
        picture.close()
        small = _in_srgb(small, profile)
        if orientation in TURNS:
            small = small.transpose(TURNS[orientation])
        return Rendered(_encode(small, format), full_width, full_height, extension)
    except MemoryError:
        raise UnusablePicture(Reason.TOO_MUCH_MEMORY) from None
    except Exception:  # noqa: BLE001  decoders raise whatever hostile bytes provoke
        raise UnusablePicture(Reason.BROKEN) from None


def _orientation(picture: Image.Image) -> int:
    return picture.getexif().get(ExifTags.Base.Orientation, 1)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Bring a picture to a size, strip by strip; in mode ``RGB``, ``L`` or ``CMYK``.

    Each strip comes with as many rows around it as the filter looks at: no seam is seen.
    """
    width, height = size
    scale = picture.height / height
    rows = max(1, int(STRIP / picture.width / scale))
    around = math.ceil(SUPPORT * max(scale, 1)) + 1
    result = None
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = max(0, int(top * scale) - around)
        last = min(picture.height, math.ceil(bottom * scale) + around)
        strip = _on_white(picture.crop((0, first, picture.width, last)))
        box = (0, top * scale - first, picture.width, min(bottom * scale, last) - first)
        strip = strip.resize((width, bottom - top), Image.Resampling.LANCZOS, box=box)
        result = result or Image.new(strip.mode, size)
        result.paste(strip, (0, top))
    assert result is not None  # a picture has at least one row
    return result


def _on_white(picture: Image.Image) -> Image.Image:
    """Take out the transparency: a diagram with black letters must stay legible on a dark page."""
    if picture.mode.startswith("I"):  # 16 bits a pixel
        return picture.point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture)
        return ground
    if picture.mode in ("RGB", "L", "CMYK"):
        return picture
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert the colours by the original's own profile, which will not be kept."""
    if profile:
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError):  # does not fit its picture, or is no profile
            converted = None
        picture = converted or picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _encode(picture: Image.Image, format: str) -> bytes:
    encoder, options = ENCODINGS[format]
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, encoder, **options)
    return out.getvalue()


def height_at(width: int, full_width: int, full_height: int) -> int:
    """Return the height in pixels that goes with a width."""
    return max(1, round(full_height * width / full_width))


def main(width: str, format: str, max_pixels: str) -> None:
    """Render the picture on the standard input: a line of JSON, then the file.

    The line says ``width``, ``height`` and ``extension``, or ``refused`` and ``limit``.
    """
    # Else its decoder would take memory for as many threads as there are processors.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    content = b""
    try:
        confine(seconds=MOST_SECONDS, memory=MOST_MEMORY)
        picture = open_picture(sys.stdin.buffer, max_pixels=int(max_pixels))
        rendered = render(picture, width=int(width), format=format)
    except UnusablePicture as refusal:
        said = {"refused": refusal.reason, "limit": refusal.limit}
    else:
        content = rendered.content
        said = {
            "width": rendered.width,
            "height": rendered.height,
            "extension": rendered.extension,
        }
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)


if __name__ == "__main__":
    main(*sys.argv[1:])
