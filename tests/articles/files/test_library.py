"""Files that are added and removed at the same moment."""

import threading

import pytest
from django.core.files.base import ContentFile
from django.db import connections, transaction

from articles.files import library
from articles.models import Document
from articles.models.stored_files import files

PDF = b"%PDF-1.7 not looked into here"


def add() -> Document:
    return library.add(
        Document, ContentFile(PDF, "x.pdf"), "pdf", title="x", language="it", pages=1
    )


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_added_again_while_it_is_removed_stays():
    first = add()
    is_added, is_removed = threading.Event(), threading.Event()

    def add_again():
        with transaction.atomic():
            add()
            is_added.set()
            # Whoever removes it either waits for this transaction, or has done so by then.
            is_removed.wait(0.3)
        connections.close_all()

    def begin():
        thread.start()
        assert is_added.wait(10)

    thread = threading.Thread(target=add_again)
    with transaction.atomic():
        transaction.on_commit(begin)
        library.remove(first)
    is_removed.set()
    thread.join()

    again = Document.objects.get()
    assert again.pk != first.pk
    assert files().exists(str(again.file.name))
