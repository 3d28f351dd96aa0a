"""Pictures for the library: cells as a microscope might show them, drawn by the program."""

import io
from collections.abc import Iterator
from random import Random

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image as Pillow
from PIL import ImageDraw

from articles.generated.texts import LANGUAGES, VOCABULARY
from articles.images import codec, library
from articles.images.codec import Rendered
from articles.images.renditions import FIRST_FORMAT, FIRST_WIDTH, store
from articles.models import Image
from immunoportal.actors import User

NUMBER = 30
SIZE = (800, 520)


def prepare(by: User) -> list[Image]:
    """Return the pictures of generated articles, all renditions ready; make what is missing."""
    return [_image(number, by) for number in range(NUMBER)]


def _image(number: int, by: User) -> Image:
    motifs = VOCABULARY["figures"]
    title = motifs[number % len(motifs)][0][0]
    file = ContentFile(_drawn(number), name=f"{number}.png")
    image = Image.objects.filter(digest=library.digest_of(file)).first()
    if image is None:
        examined = library.Examined(
            library.digest_of(file), _rendered(file, FIRST_WIDTH, FIRST_FORMAT)
        )
        credit = {f"credit_{language}": "ImmunOncologia.org" for language in LANGUAGES}
        image = library.add(file, examined=examined, by=by, title=f"{title} ({number})", **credit)
    for rendition in image.renditions.filter(made_at__isnull=True):
        store(rendition, _rendered(file, rendition.width, rendition.format).content)
    return image


def _rendered(file: ContentFile, width: int, format: str) -> Rendered:
    """Make a rendition in this process: the sandbox is for what others have drawn."""
    file.seek(0)
    # It is closed when it has been read.
    picture = codec.open_picture(io.BytesIO(file.read()), max_pixels=settings.IMAGE_MAX_PIXELS)
    return codec.render(picture, width=width, format=format)


def _drawn(number: int) -> bytes:
    """Return a PNG; the same for the same number."""
    rng = Random(f"picture {number}")  # noqa: S311
    picture = Pillow.new("RGB", SIZE, tuple(rng.randint(200, 245) for _channel in range(3)))
    draw = ImageDraw.Draw(picture)
    for x, y, radius, colour in _cells(rng):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour, (90, 60, 110), 2)
        core = radius // 3
        draw.ellipse((x - core, y - core, x + core, y + core), (110, 70, 140))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _cells(rng: Random) -> Iterator[tuple[int, int, int, tuple[int, int, int]]]:
    for _number in range(rng.randint(18, 40)):
        colour = (rng.randint(150, 230), rng.randint(90, 180), rng.randint(150, 230))
        yield rng.randrange(SIZE[0]), rng.randrange(SIZE[1]), rng.randint(12, 60), colour
