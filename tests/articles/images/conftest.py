"""Fixtures for tests of pictures."""

import errno
import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages


@pytest.fixture
def full_disk(monkeypatch):
    """Leaves no room for the originals (``default``) or for the ``renditions``."""

    def fill(alias):
        save = storages[alias]._save  # type: ignore[attr-defined]  # as each storage has it

        def save_half(name, content):
            save(name, ContentFile(content.read()[: content.size // 2]))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(storages[alias], "_save", save_half)

    return fill
