"""The process of its own in which pictures are read."""

import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from articles.images import sandbox
from articles.images.codec import Reason, Rendered, UnusablePicture

# Before a fixture of the whole suite puts something faster in its place.
from articles.images.sandbox import render
from tests.mail_server import eventually


def file_of(size=(64, 40), mode="RGB", format="PNG", **options) -> io.BytesIO:
    file = io.BytesIO()
    Image.new(mode, size, "red").save(file, format, **options)
    return file


class TestRender:
    def test_gives_what_the_codec_gives(self):
        file = file_of(format="WEBP")

        rendered = render(file, width=20, format="jpg")

        picture = Image.open(io.BytesIO(rendered.content))
        assert (picture.format, picture.size) == ("JPEG", (20, 12))
        assert (rendered.width, rendered.height, rendered.extension) == (64, 40, "webp")

    def test_refuses_with_the_same_reason_and_limit(self, settings):
        settings.IMAGE_MAX_PIXELS = 2000

        with pytest.raises(UnusablePicture) as many:
            render(file_of(), width=20, format="jpg")
        with pytest.raises(UnusablePicture) as none:
            render(io.BytesIO(b"GIF89a"), width=20, format="jpg")

        assert (many.value.reason, many.value.limit) == (Reason.TOO_MANY_PIXELS, 2000)
        assert none.value.reason == Reason.NO_PICTURE

    def test_a_decoder_that_crashes_is_a_picture_that_is_broken(self, monkeypatch):
        crashed = subprocess.CompletedProcess([], -11, b"", b"")
        monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: crashed)

        with pytest.raises(UnusablePicture) as refusal:
            render(file_of(), width=20, format="jpg")

        assert refusal.value.reason == Reason.BROKEN

    def test_a_decoder_that_does_not_end_is_stopped(self, monkeypatch):
        monkeypatch.setattr(sandbox, "SECONDS", 0.001)

        with pytest.raises(UnusablePicture) as refusal:
            render(file_of(), width=20, format="jpg")

        assert refusal.value.reason == Reason.TOO_SLOW

    def test_says_why_it_cannot_work_at_all(self, settings, tmp_path):
        settings.BASE_DIR = tmp_path

        with pytest.raises(RuntimeError, match="No module named"):
            render(file_of(), width=20, format="jpg")

    def test_leaves_no_file_but_the_lock(self, settings, tmp_path):
        settings.DATA_DIR = tmp_path

        render(file_of(), width=20, format="jpg")

        assert [path.name for path in tmp_path.iterdir()] == ["sandbox.lock"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells of memory here")
class TestMemory:
    MEASURED = """
import re, sys
from pathlib import Path
from articles.images import codec

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

before = most()
codec.main("1600", "webp", "40000000")
print(most() - before, file=sys.stderr)
"""

    @pytest.mark.parametrize("mode", ["RGB", "RGBA"])
    def test_is_that_of_one_copy_of_the_picture_and_what_encoding_takes(
        self, mode, settings, tmp_path
    ):
        path = tmp_path / "picture.png"
        path.write_bytes(file_of(size=(4000, 3000), mode=mode).getvalue())
        whole = 4000 * 3000 * 4

        with path.open("rb") as file:
            result = subprocess.run(
                [sys.executable, "-c", self.MEASURED],
                stdin=file, capture_output=True, cwd=settings.BASE_DIR, check=True,
            )  # fmt: skip

        assert Image.open(io.BytesIO(result.stdout.partition(b"\n")[2])).size == (1600, 1200)
        # Half of the picture again: the result is a sixth of it, and WebP's encoder needs two.
        assert whole < int(result.stderr) < 1.8 * whole

    LIMITED = """
import re, sys
from pathlib import Path
from articles.images import codec

codec.MOST_MEMORY = 100_000_000
codec.main("20", "jpg", "40000000")
# Not the usage that the system counts: that begins with the process which has started this one.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(int(peak[1]) * 1024, file=sys.stderr)
"""

    def limited(self, content, tmp_path) -> tuple[bytes, int]:
        """What the process says, and the bytes that it takes at most, if it may take 100 MB."""
        (tmp_path / "picture").write_bytes(content)
        with (tmp_path / "picture").open("rb") as file:
            result = subprocess.run(
                [sys.executable, "-c", self.LIMITED],
                stdin=file, capture_output=True, cwd=settings.BASE_DIR, check=True,
            )  # fmt: skip
        return result.stdout.partition(b"\n")[0], int(result.stderr)

    def test_is_bounded_while_the_head_is_read_too(self, tmp_path):
        gif = file_of(format="GIF").getvalue()
        start = gif.index(b"\x2c")  # of the first frame; some 170 bytes for each comment before it
        content = gif[:start] + b"\x21\xfe\x01c\0" * 1_000_000 + gif[start:]

        said, most = self.limited(content, tmp_path)

        assert json.loads(said)["refused"] == Reason.TOO_MUCH_MEMORY
        assert most < 150_000_000  # with the code of Python and of Pillow

    @pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0"}])
    def test_of_a_large_canvas_is_not_asked_for(self, options, tmp_path):
        content = file_of(size=(4000, 4000), format="WEBP", method=0, **options).getvalue()

        said, _most = self.limited(content, tmp_path)

        assert json.loads(said) == {
            "refused": Reason.TOO_MANY_PIXELS_FOR_FORMAT,
            "limit": 12_500_000,
        }


class TestTurn:
    def test_waits_for_the_one_before(self, settings, tmp_path, monkeypatch):
        settings.DATA_DIR = tmp_path
        answer = b'{"width": 1, "height": 1, "extension": "png"}\n'
        done = subprocess.CompletedProcess([], 0, answer, b"")
        monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: done)
        results = []
        waiting = threading.Thread(
            target=lambda: results.append(render(file_of(), width=20, format="jpg"))
        )

        with (tmp_path / "sandbox.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            waiting.start()
            waiting.join(0.5)
            assert results == []
        waiting.join()

        assert results == [Rendered(b"", 1, 1, "png")]

    def test_is_not_waited_for_without_end(self, settings, tmp_path, monkeypatch):
        settings.DATA_DIR = tmp_path
        monkeypatch.setattr("articles.files.sandbox.PATIENCE", 0)

        with (tmp_path / "sandbox.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with pytest.raises(UnusablePicture) as refusal:
                render(file_of(), width=20, format="jpg")

        assert refusal.value.reason == Reason.TOO_SLOW


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells of a parent's death")
class TestProcess:
    CODEC = """
import resource, time
from articles.images import codec

def never_ends(*_arguments, **_options):
    print(*resource.getrlimit(resource.RLIMIT_CPU), flush=True)
    time.sleep(60)

codec.open_picture = never_ends
codec.main("20", "jpg", "1000")
"""
    PARENT = """
import subprocess, sys
process = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
print(process.pid, flush=True)
process.wait()
"""

    def test_ends_with_whoever_has_started_it_and_after_a_time(self):
        parent = subprocess.Popen(
            [sys.executable, "-c", self.PARENT, self.CODEC],
            stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR,
        )  # fmt: skip
        assert parent.stdout is not None
        child, limits = int(parent.stdout.readline()), parent.stdout.readline()
        try:
            parent.kill()
            parent.wait()
            assert eventually(lambda: not is_running(child), 10)
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            parent.stdout.close()
        assert int(limits.split()[0]) <= 2 * sandbox.SECONDS


def is_running(pid: int) -> bool:
    """Tell whether a process is there, and no zombie that nobody has waited for."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
