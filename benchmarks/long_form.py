"""Adds an article with sixty blocks, as many of each kind as fit, and prints its number.

Run by ``form.py``, in the site's environment.
"""

import itertools
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "immunoportal.settings")

import django

django.setup()

from django.db import models, transaction

from articles.models import BLOCKS, Article, Block, Image, KeyPoints, Topic
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


def targets_of(model: type[Block], other: Article) -> dict[str, models.Model | None]:
    """Return what the blocks of a kind name, as far as a new site has it."""
    known = {Image: Image.objects.first(), Article: other}
    return {
        column.name: known.get(column.related_model)
        for column in model._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.name != "parent"
    }


@transaction.atomic
def fill() -> int:
    other = Article.objects.order_by("pk").first()
    assert other
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
            parent=article, region="main", ordering=10 * number, **targets_of(model, other)
        )
        for name in block.texts:
            for code in languages.codes():
                setattr(block, f"{name}_{code}", value_of(block, name, number))
        block.save()
    remember_digests(read_working_copy(article))
    return article.pk


if __name__ == "__main__":
    print(fill())
