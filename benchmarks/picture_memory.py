"""How much memory a picture of 39 megapixels takes: while it is added to the library, while
its renditions are made, and what stays of it.

    .venv/bin/python benchmarks/picture_memory.py [KIND …]

Each kind has a process of its own that adds the picture, makes its renditions as the worker
does, and then adds nine more. The peak is that of the process and of its children together,
looked at a hundred times a second; the figures but for the first two are megabytes above the
process at rest.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from PIL import Image

Kind = tuple[Callable[..., "Image.Image"], tuple[int, int], dict[str, str], str, dict[str, Any]]

ROOT = Path(__file__).resolve().parent.parent
SIZE = (7200, 5400)  # 38.9 megapixels
TALL = (2400, 16_200)
UPLOADS = 10


def flat(size: tuple[int, int], number: int) -> "Image.Image":
    from PIL import Image

    return Image.new("RGB", size, (10, 120, number))


def gradient(size: tuple[int, int], number: int, mode: str = "RGB") -> "Image.Image":
    from PIL import Image

    grey = Image.linear_gradient("L").resize(size)
    turned = grey.transpose(Image.Transpose.ROTATE_180)
    if mode == "LA":
        return Image.merge("LA", (grey, turned))
    if mode == "I;16":
        return grey.convert("I").point(lambda value: value * 256 + number).convert("I;16")
    picture = Image.merge("RGB", (grey, turned, Image.new("L", size, number)))
    if mode == "P":
        return picture.quantize(64)
    if mode == "RGBA":
        picture.putalpha(turned)
    return picture.convert(mode)


# By kind: how the picture is made, and how it is saved.
KINDS: dict[str, Kind] = {
    "png of one colour": (flat, SIZE, {}, "PNG", {}),
    "png": (gradient, SIZE, {}, "PNG", {"compress_level": 1}),
    "png, transparent": (gradient, SIZE, {"mode": "RGBA"}, "PNG", {"compress_level": 1}),
    "png, transparent, tall": (gradient, TALL, {"mode": "RGBA"}, "PNG", {"compress_level": 1}),
    "png, grey, transparent": (gradient, SIZE, {"mode": "LA"}, "PNG", {"compress_level": 1}),
    "png, palette": (gradient, SIZE, {"mode": "P"}, "PNG", {"transparency": 0}),
    "png, 16 bits": (gradient, SIZE, {"mode": "I;16"}, "PNG", {"compress_level": 1}),
    "gif": (gradient, SIZE, {"mode": "P"}, "GIF", {}),
    "jpeg": (gradient, SIZE, {}, "JPEG", {}),
    "jpeg, cmyk": (gradient, SIZE, {"mode": "CMYK"}, "JPEG", {}),
    "jpeg, progressive": (gradient, SIZE, {}, "JPEG", {"progressive": True}),
    "jpeg, progressive, 4:4:4, 28 Mpx": (
        gradient, (6000, 4700), {}, "JPEG", {"progressive": True, "subsampling": 0},
    ),
    "webp, 39 Mpx": (gradient, SIZE, {}, "WEBP", {"method": 0}),
    "webp, 12 Mpx": (gradient, (4032, 3024), {}, "WEBP", {"method": 0}),
    "webp, 12 Mpx, transparent": (gradient, (4032, 3024), {"mode": "RGBA"}, "WEBP", {"method": 0}),
    "avif, 39 Mpx": (gradient, SIZE, {}, "AVIF", {"speed": 10}),
    "avif, 12 Mpx": (gradient, (4032, 3024), {}, "AVIF", {"speed": 10}),
    "avif, 12 Mpx, transparent, 4:4:4": (
        gradient, (4032, 3024), {"mode": "RGBA"}, "AVIF", {"speed": 10, "subsampling": "4:4:4"},
    ),
}  # fmt: skip


def picture(kind: str, number: int) -> bytes:
    make, size, how, format, options = KINDS[kind]
    made = make(size, number, **how)
    # Each is another one, to the library: the blue of some modes is lost.
    made.putpixel((number, 0), made.getpixel((0, size[1] - 1)) or 0)
    file = io.BytesIO()
    made.save(file, format, **options)
    return file.getvalue()


def resident(pid: int) -> int:
    """Return the bytes in memory of a process; 0 once it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def total() -> int:
    """Return the bytes in memory of this process and its children."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return resident(os.getpid()) + sum(map(resident, map(int, children)))


class Watch:
    """Remembers the most memory that was taken while it ran."""

    def __enter__(self) -> Self:
        self.most, self.over = 0, threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self) -> None:
        while not self.over.wait(0.01):
            self.most = max(self.most, total())

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()


def measure(kind: str, directory: Path) -> str:
    """Return a line of figures for a kind whose files have been made in a directory."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "immunoportal.settings"
    os.environ["DATA_DIR"] = str(directory / "data")
    import django
    from django.core.files import File
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from articles.images import codec, library, renditions

    def add(path: Path) -> None:
        with path.open("rb") as file:
            library.add(File(file), title=path.name)

    uploads = sorted(directory.glob("*.picture"))
    rest, begun = total(), time.perf_counter()
    with Watch() as adding:
        try:
            add(uploads[0])
        except codec.UnusablePicture as refusal:
            return f"{'':>34} {refusal}"
    seconds = time.perf_counter() - begun
    with Watch() as working:
        while renditions.make_next():
            pass
    for path in uploads[1:]:
        add(path)
    figures = [adding.most - rest, working.most - rest, total() - rest]
    return f"{seconds:6.1f} s " + " ".join(f"{figure / 1e6:8.0f}" for figure in figures)


def main(kinds: list[str]) -> None:
    print(f"{'':34} {'bytes':>10} {'add':>8} {'peak':>8} {'worker':>8} {'stays':>8}")
    for kind in kinds or KINDS:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            (directory / "data").mkdir()
            content = b""
            for number in range(UPLOADS):
                content = picture(kind, number)
                (directory / f"{number}.picture").write_bytes(content)
            line = subprocess.run(
                [sys.executable, __file__, "--measure", kind, name],
                check=True, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            print(f"{kind:34} {len(content):10} {line.stdout.rstrip()}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(measure(sys.argv[2], Path(sys.argv[3])))
    else:
        main(sys.argv[1:])
