"""What is left of uploads that came to nothing."""

import os
import time
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile

from articles.files import keeping


def test_what_a_killed_process_has_left_goes_after_a_day(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    coming = TemporaryUploadedFile("film.mp4", "", 0, None)
    left = tmp_path / Path(coming.temporary_file_path()).name.replace(".upload", "x.upload")
    other = tmp_path / "immunoportal.sqlite3"
    old = time.time() - keeping.ABANDONED_AFTER - 60
    for path in (left, other):
        path.touch()
        os.utime(path, (old, old))

    keeping.delete_abandoned()

    assert (left.exists(), other.exists()) == (False, True)
    coming.close()  # it was still there
