"""Reading and writing pictures: what is let in, and what comes out."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.utils import translation
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageDraw, ImageStat
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngInfo

from articles.images import codec

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
LIMIT = 1_000_000  # pixels


def saved(picture: Image.Image, format: str, **options) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file


def plain(mode="RGB", size=(20, 10), colour="red") -> Image.Image:
    return Image.new(mode, size, colour)


def halves() -> Image.Image:
    """Red on the left, blue on the right: which side is up can be told."""
    picture = plain(size=(40, 20))
    picture.paste(BLUE, (20, 0, 40, 20))
    return picture


def noise() -> Image.Image:
    return Image.effect_noise((64, 64), 80).convert("RGB")


def render(file: io.BytesIO, *, width=codec.LARGEST_WIDTH, format="jpg", max_pixels=LIMIT):
    picture = codec.open_picture(io.BytesIO(file.getvalue()), max_pixels=max_pixels)
    return codec.render(picture, width=width, format=format)


def read(file: io.BytesIO, max_pixels=LIMIT) -> Image.Image:
    """The picture as readers get it."""
    return Image.open(io.BytesIO(render(file, max_pixels=max_pixels).content))


def english(refusal: codec.UnusablePicture) -> str:
    with translation.override("en"):
        return str(refusal)


def close_to(colour, expected, tolerance=12) -> bool:
    """Whether two colours look alike; lossy formats are a little off."""
    return all(abs(one - other) <= tolerance for one, other in zip(colour, expected, strict=True))


class TestAccepted:
    @pytest.mark.parametrize(
        ("format", "extension"),
        [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "gif")],
    )
    def test_formats_are_told_by_their_content(self, format, extension):
        file = saved(plain(), format)
        file.name = "holiday.txt"

        assert render(file).extension == extension
        assert (read(file).mode, read(file).size) == ("RGB", (20, 10))
        assert close_to(read(file).getpixel((5, 5)), RED)

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
    def test_every_kind_of_png_becomes_rgb(self, mode):
        picture = read(saved(plain(colour=WHITE).convert(mode), "PNG"))

        assert picture.mode == "RGB"
        assert close_to(picture.getpixel((0, 0)), WHITE)

    def test_a_file_that_has_been_read_before_is_read_from_its_start(self):
        file = saved(plain(), "PNG")
        file.read()

        assert codec.open_picture(file, max_pixels=LIMIT).size == (20, 10)

    def test_a_photograph_that_carries_a_second_picture(self):
        file = saved(plain(), "MPO", save_all=True, append_images=[plain(colour="blue")])

        assert render(file).extension == "jpg"
        assert close_to(read(file).getpixel((5, 5)), RED)

    @pytest.mark.parametrize(
        ("format", "options"), [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})]
    )
    def test_the_first_frame_of_an_animation(self, format, options):
        frames = [plain(colour="blue"), plain(colour="lime")]
        file = saved(plain(), format, save_all=True, append_images=frames, **options)

        assert close_to(read(file).getpixel((5, 5)), RED)

    def test_as_many_pixels_as_the_limit(self):
        assert read(saved(plain(), "PNG"), max_pixels=200).size == (20, 10)


def png_with_header(width: int, height: int) -> io.BytesIO:
    """A tiny file that claims to be a picture of any size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = zlib.compress(bytes(1000))
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", content)
        + chunk(b"IEND", b"")
    )


class TestRefused:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"This is not a picture.", id="text"),
            pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="svg"),
            pytest.param(b"<?xml version='1.0'?><svg xmlns='x'/>", id="svg with a declaration"),
            pytest.param(b"%PDF-1.7\n", id="pdf"),
            pytest.param(b"GIF89a<script>alert(1)</script>", id="script behind a gif's mark"),
            pytest.param(b"\xff\xd8\xff", id="only the mark of a jpeg"),
            *(
                pytest.param(saved(plain(), other).getvalue(), id=other)
                for other in ("EPS", "TIFF", "BMP", "ICO", "PPM", "TGA", "JPEG2000", "PDF")
            ),
        ],
    )
    def test_whatever_the_name_says(self, content):
        file = io.BytesIO(content)
        file.name = "picture.jpg"

        with pytest.raises(codec.UnusablePicture) as refusal:
            read(file)

        assert english(refusal.value) == (
            "This file is not a picture in JPEG, PNG, WebP, AVIF or GIF format."
        )

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
    @pytest.mark.parametrize("part", [0.5, 0.9])
    def test_truncated_pictures(self, format, part):
        whole = saved(noise(), format).getvalue()

        with pytest.raises(codec.UnusablePicture):
            read(io.BytesIO(whole[: int(len(whole) * part)]))

    @pytest.mark.parametrize("format", ["JPEG", "PNG"])
    def test_a_truncated_picture_is_told_from_what_is_none(self, format):
        whole = saved(noise(), format).getvalue()

        with pytest.raises(codec.UnusablePicture) as refusal:
            read(io.BytesIO(whole[: len(whole) // 2]))

        assert "broken or incomplete" in english(refusal.value)

    def test_too_many_pixels_with_the_limit_named(self):
        file = saved(plain(size=(2000, 1001), mode="1", colour=1), "PNG")

        with pytest.raises(codec.UnusablePicture) as refusal:
            read(file, max_pixels=2_000_000)

        assert "2 megapixels" in english(refusal.value)

    @pytest.mark.parametrize("side", [12_000, 60_000, 2**31 - 1])
    def test_a_bomb_before_it_is_decoded(self, side, monkeypatch):
        monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was decoded"))

        with pytest.raises(codec.UnusablePicture) as refusal:
            read(png_with_header(side, side), max_pixels=40_000_000)

        assert "40 megapixels" in english(refusal.value)

    @pytest.mark.parametrize("size", [(1, 16_384), (16_384, 1)])
    def test_a_side_that_no_format_for_the_web_can_hold(self, size):
        with pytest.raises(codec.UnusablePicture) as refusal:
            read(saved(plain("1", size, 1), "PNG"))

        assert "16383 pixels" in english(refusal.value)


class TestOrientation:
    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize(
        ("orientation", "size", "first", "last"),
        [
            (1, (40, 20), RED, BLUE),
            (2, (40, 20), BLUE, RED),
            (3, (40, 20), BLUE, RED),
            (6, (20, 40), RED, BLUE),
            (8, (20, 40), BLUE, RED),
        ],
    )
    def test_is_applied(self, format, orientation, size, first, last):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation

        picture = read(saved(halves(), format, exif=exif))

        assert picture.size == size
        assert close_to(picture.getpixel((3, 3)), first)
        assert close_to(picture.getpixel((size[0] - 4, size[1] - 4)), last)


class TestPrivacy:
    def photograph(self, format: str) -> io.BytesIO:
        exif = Image.Exif()
        exif[ExifTags.Base.Make] = "SecretCamera"
        exif[ExifTags.Base.Artist] = "SecretName"
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (45.0, 27.0, 51.0)
        options: dict[str, Any] = {"exif": exif}
        if format == "JPEG":
            options["comment"] = b"SecretComment"
        file = saved(halves(), format, **options)
        file.write(b"SecretTrailer")
        assert b"SecretCamera" in file.getvalue()
        return file

    @pytest.mark.parametrize("upload", ["JPEG", "PNG", "WEBP", "AVIF"])
    @pytest.mark.parametrize("format", ["avif", "webp", "jpg"])
    @pytest.mark.parametrize("width", [40, 20])
    def test_nothing_but_pixels_is_served(self, upload, format, width):
        content = render(self.photograph(upload), width=width, format=format).content

        served = Image.open(io.BytesIO(content))
        assert b"Secret" not in content
        assert b"Exif\0\0" not in content
        assert dict(served.getexif()) == {}
        assert not served.info.keys() & {"exif", "comment", "xmp", "icc_profile", "photoshop"}

    def test_a_comment_in_a_gif_or_text_in_a_png_is_not_served(self):
        text = PngInfo()
        text.add_text("Author", "SecretName")
        for file in (
            saved(halves(), "PNG", pnginfo=text),
            saved(halves(), "GIF", comment=b"SecretName"),
        ):
            assert b"SecretName" in file.getvalue()

            for served in ("avif", "webp", "jpg"):
                assert b"Secret" not in render(file, format=served).content


class TestTransparency:
    @pytest.mark.parametrize(
        ("mode", "colour", "format"),
        [
            ("RGBA", (0, 0, 0, 0), "PNG"),
            ("RGBA", (0, 0, 0, 0), "WEBP"),
            ("RGBA", (0, 0, 0, 0), "GIF"),
            ("RGBA", (0, 0, 0, 0), "AVIF"),
            ("LA", (0, 0), "PNG"),
        ],
    )
    def test_becomes_white(self, mode, colour, format):
        assert read(saved(plain(mode, colour=colour), format)).getpixel((5, 5)) == WHITE

    def test_half_of_it_becomes_half_as_strong(self):
        picture = read(saved(plain("RGBA", colour=(255, 0, 0, 128)), "PNG"))

        assert close_to(picture.getpixel((5, 5)), (255, 127, 127))

    def test_of_a_palette_leaves_the_other_colours(self):
        picture = plain("P", colour=0)
        picture.putpalette([*BLUE, *RED])
        ImageDraw.Draw(picture).rectangle((10, 0, 19, 9), fill=1)

        shown = read(saved(picture, "PNG", transparency=0))

        assert close_to(shown.getpixel((2, 5)), WHITE)
        assert close_to(shown.getpixel((15, 5)), RED)


class TestColours:
    def test_cmyk_looks_as_it_did(self):
        picture = read(saved(plain().convert("CMYK"), "JPEG"))

        assert picture.mode == "RGB"
        assert close_to(picture.getpixel((5, 5)), RED)

    @pytest.mark.parametrize("options", [{}, {"transparency": 7}])
    @pytest.mark.parametrize(("value", "shown"), [(0, 0), (32_768, 128), (65_535, 255)])
    def test_sixteen_bits_keep_their_brightness(self, value, shown, options):
        picture = read(saved(plain("I;16", colour=value), "PNG", **options))

        assert close_to(picture.getpixel((5, 5)), (shown,) * 3, tolerance=1)

    def profile(self) -> bytes:
        """A profile that is sRGB's, with red and green changed about."""
        content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        for number in range(struct.unpack(">I", content[128:132])[0]):
            start = 132 + 12 * number
            name = bytes(content[start : start + 4])
            if name in (b"rXYZ", b"gXYZ"):
                content[start : start + 4] = b"gXYZ" if name == b"rXYZ" else b"rXYZ"
        return bytes(content)

    @pytest.mark.parametrize("mode", ["RGB", "RGBA"])
    def test_are_those_that_the_profile_means(self, mode):
        file = saved(plain(mode), "PNG", icc_profile=self.profile())

        assert close_to(read(file).getpixel((5, 5)), GREEN)

    def test_of_a_plain_profile_stay(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

        assert close_to(read(saved(plain(), "PNG", icc_profile=profile)).getpixel((5, 5)), RED)

    @pytest.mark.parametrize("mode", ["RGB", "L"])
    @pytest.mark.parametrize("profile", [b"no profile at all", None])
    def test_a_profile_that_does_not_fit_is_passed_over(self, mode, profile):
        picture = plain(mode, colour="white")
        file = saved(picture, "JPEG", icc_profile=profile or self.profile())

        assert read(file).getpixel((5, 5)) == WHITE


class TestRender:
    @pytest.mark.parametrize(
        ("format", "name"), [("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG")]
    )
    @pytest.mark.parametrize(("width", "height"), [(40, 20), (10, 5), (1, 1)])
    def test_writes_the_format_at_the_width(self, format, name, width, height):
        rendered = render(saved(halves(), "PNG"), width=width, format=format)

        picture = Image.open(io.BytesIO(rendered.content))
        picture.load()
        assert (picture.format, picture.size) == (name, (width, height))
        assert (rendered.width, rendered.height) == (40, 20)

    @pytest.mark.parametrize("format", ["avif", "webp", "jpg"])
    def test_shows_what_it_was_given(self, format):
        content = render(saved(halves(), "PNG"), width=20, format=format).content

        picture = Image.open(io.BytesIO(content)).convert("RGB")
        assert close_to(picture.getpixel((3, 5)), RED, tolerance=20)
        assert close_to(picture.getpixel((16, 5)), BLUE, tolerance=20)

    def test_enlarges_nothing(self):
        assert read(saved(plain(size=(20, 10)), "PNG")).size == (20, 10)

    @pytest.mark.parametrize("turned", [False, True])
    def test_is_as_wide_as_it_shall_be_from_a_jpeg_that_is_decoded_smaller(self, turned):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = 6 if turned else 1
        file = saved(plain(size=(170, 83) if turned else (83, 170)), "JPEG", exif=exif)

        rendered = render(file, width=20)

        assert (rendered.width, rendered.height) == (83, 170)
        assert Image.open(io.BytesIO(rendered.content)).size == (20, 41)

    def test_takes_a_jpeg_that_is_thinner_than_the_fraction_it_is_decoded_at(self):
        assert read(saved(plain(size=(13_000, 2)), "JPEG")).size == (1600, 1)

    def test_refuses_a_jpeg_without_any_samples(self):
        content = saved(plain("L", colour=0), "JPEG", progressive=True).getvalue()
        start = content.index(b"\xff\xc2") + 11  # where its component says how often it is sampled
        assert content[start] == 0x11

        with pytest.raises(codec.UnusablePicture):
            render(io.BytesIO(content[:start] + b"\x00" + content[start + 1 :]))


class TestStrips:
    @pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
    @pytest.mark.parametrize("size", [(50, 43), (33, 100), (7, 2), (100, 75), (100, 100)])
    def test_show_no_seam(self, mode, size, monkeypatch):
        picture = Image.effect_noise((100, 100), 90).convert("RGB").convert(mode)
        monkeypatch.setattr(codec, "STRIP", 700)

        result = codec._resized(picture, size)

        expected = picture.resize(size, Image.Resampling.LANCZOS)
        difference = ImageChops.difference(result.convert("RGB"), expected.convert("RGB"))
        assert max(most for _least, most in ImageStat.Stat(difference).extrema) <= 1


class TestMemory:
    """No second copy of the whole is made, neither by Pillow nor by a decoder."""

    @pytest.fixture
    def pixels(self, monkeypatch) -> list[int]:
        """The sizes of all pictures that are made beside the decoded one, in order."""
        made = []
        new = Image.Image._new

        def noted(self, core):
            made.append(core.size[0] * core.size[1])
            return new(self, core)

        monkeypatch.setattr(Image.Image, "_new", noted)
        return made

    @pytest.mark.parametrize(
        ("mode", "format", "options"),
        [
            ("RGB", "PNG", {}),
            ("RGBA", "PNG", {}),
            ("LA", "PNG", {}),
            ("P", "PNG", {"transparency": 0}),
            ("1", "PNG", {}),
            ("I;16", "PNG", {}),
            ("RGB", "JPEG", {}),
            ("CMYK", "JPEG", {}),
            ("RGBA", "WEBP", {}),
            ("RGBA", "AVIF", {}),
            ("P", "GIF", {}),
        ],
    )
    def test_is_that_of_one_picture_and_a_strip(self, mode, format, options, pixels, monkeypatch):
        monkeypatch.setattr(codec, "STRIP", 2500)
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = 6
        if format != "GIF":
            options = options | {"exif": exif}
            options["icc_profile"] = ImageCms.ImageCmsProfile(
                ImageCms.createProfile("sRGB")
            ).tobytes()
        file = saved(Image.new(mode, (500, 400)), format, **options)
        pixels.clear()

        render(file, width=100)

        assert pixels
        assert max(pixels) < 500 * 400 / 8

    @pytest.mark.parametrize("progressive", [False, True])
    @pytest.mark.parametrize(("width", "decoded"), [(200, 200), (199, 200), (400, 400), (799, 800)])
    def test_of_a_jpeg_is_that_of_a_fraction(self, width, decoded, progressive, monkeypatch):
        sizes = []
        load = JpegImageFile.load

        def noted(picture):
            if picture.tile:
                sizes.append(picture.size)
            return load(picture)

        monkeypatch.setattr(JpegImageFile, "load", noted)

        render(saved(plain(size=(1600, 80)), "JPEG", progressive=progressive), width=width)

        assert sizes == [(decoded, 80 * decoded // 1600)]

    @pytest.mark.parametrize(
        ("format", "options", "size"),
        [
            ("WEBP", {"method": 0}, (100, 63)),
            ("AVIF", {"speed": 10}, (100, 63)),
            ("JPEG", {"progressive": True}, (150, 100)),
            ("JPEG", {"progressive": True, "subsampling": 0}, (101, 100)),
        ],
    )
    def test_bounds_the_pixels_of_greedy_formats(self, format, options, size, monkeypatch):
        monkeypatch.setattr(codec, "MEMORY", 100_000)

        with pytest.raises(codec.UnusablePicture) as refusal:
            render(saved(plain(size=size), format, **options))

        assert refusal.value.reason == codec.Reason.TOO_MANY_PIXELS_FOR_FORMAT
        assert refusal.value.limit < size[0] * size[1]
        assert "Save it as PNG" in english(refusal.value)

    @pytest.mark.parametrize(
        ("format", "options"), [("PNG", {}), ("GIF", {}), ("JPEG", {}), ("JPEG", {"quality": 95})]
    )
    def test_leaves_the_others_their_pixels(self, format, options, monkeypatch):
        monkeypatch.setattr(codec, "MEMORY", 100_000)

        assert render(saved(plain(size=(200, 125)), format, **options)).width == 200


class TestReason:
    @pytest.mark.parametrize("reason", codec.Reason)
    def test_each_is_a_sentence_in_either_language(self, reason):
        refusal = codec.UnusablePicture(reason, 12_000_000)

        with translation.override("it"):
            italian = str(refusal)

        assert italian.endswith(".")
        assert english(refusal).endswith(".")
        assert italian != english(refusal)


class TestHeightAt:
    @pytest.mark.parametrize(
        ("width", "full", "height"),
        [
            (800, (1600, 1200), 600),
            (1600, (1600, 1200), 1200),
            (800, (1601, 1000), 500),
            (400, (4000, 2), 1),
        ],
    )
    def test_keeps_the_proportions_and_at_least_a_pixel(self, width, full, height):
        assert codec.height_at(width, *full) == height
