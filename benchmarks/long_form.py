"""Adds an article with sixty blocks, as many of each kind as fit, and prints its number.

Run by ``form.py``, in the site's environment.
"""

import itertools
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")

import django

django.setup()

from django.core.files.base import ContentFile
from django.db import models, transaction

from articles.files import library
from articles.models import BLOCKS, Article, Block, Document, Image, KeyPoints, Recording, Topic
from articles.publishing.freezing import read_working_copy
from articles.publishing.verbs import remember_digests
from immunoportal import languages

MOST = 60
WORDS = "What the immune system recognises, it can attack; what it takes for its own, not. " * 3


def value_of(block: Block, name: str, number: int) -> str:
    if name in block.rich_texts:
        return "".join(f"<p>{number}.{place} {WORDS}</p>" for place in range(4))
    column = block._meta.get_field(name)
    return f"{number} {WORDS}"[: getattr(column, "max_length", None) or 200].strip()


def targets() -> dict[type[models.Model], models.Model | None]:
    """Return what blocks name: what a new site has, and files that only look like some."""
    document, recording = ContentFile(b"a document", "a.pdf"), ContentFile(b"a recording", "a.mp3")
    said: dict[str, Any] = {"title": WORDS[:50], "language": languages.codes()[0]}
    sound: dict[str, Any] = {
        "kind": Recording.Kind.AUDIO,
        "milliseconds": 60_000,
        "width": 0,
        "height": 0,
    }
    return {
        Article: Article.objects.order_by("pk").first(),
        Image: Image.objects.first(),
        Document: library.add(Document, document, "pdf", pages=4, **said),
        Recording: library.add(Recording, recording, "mp3", **said, **sound),
    }


def targets_of(
    model: type[Block], known: dict[type[models.Model], models.Model | None]
) -> dict[str, models.Model | None]:
    """Return what the blocks of a kind name."""
    return {
        column.name: known[column.related_model]
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.name != "parent"
    }


@transaction.atomic
def fill() -> int:
    known = targets()
    article = Article.objects.create(
        topic=Topic.objects.first(),
        **{name: f"Sixty blocks {name[-2:]}" for name in languages.localized("title")},
        **{name: f"sixty-blocks-{name[-2:]}" for name in languages.localized("slug")},
        **dict.fromkeys(languages.localized("lead"), WORDS),
    )
    others = itertools.cycle([model for model in BLOCKS if model is not KeyPoints])
    kinds: list[type[Block]] = [KeyPoints, *itertools.islice(others, MOST - 1)]
    for number, model in enumerate(kinds):
        block = model(
            parent=article, region="main", ordering=10 * number, **targets_of(model, known)
        )
        for name in set(block.texts) - set(block.files):
            for code in languages.codes():
                setattr(block, f"{name}_{code}", value_of(block, name, number))
        block.save()
    remember_digests(read_working_copy(article))
    return article.pk


if __name__ == "__main__":
    print(fill())
