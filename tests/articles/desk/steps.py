"""What a browser would send to the desk."""

from django.urls import reverse

from articles.desk.kept_rows import token_of
from articles.models import Article, Byline, Figure, RichText

# The kinds of blocks that the articles of the tests have only where a test adds them to the form.
WITHOUT_ROWS = (
    "quote", "callout", "keypoints", "question", "timelineentry", "carecard", "table", "ownarticle",
    "attachment", "player",
)  # fmt: skip


def form_of(article: Article, **changes) -> dict:
    """What a browser would post for the article's page, with changes."""
    data = {
        f"{name}_{language}": getattr(article, f"{name}_{language}") or ""
        for name in ("title", "hero_line", "lead", "slug", "description")
        for language in ("it", "en")
    }
    data |= {
        "version": article.version,
        "topic": article.topic_id or "",
        "audience": article.audience,
    }
    for prefix, rows in rows_of(article).items():
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(rows)}
        for index, row in enumerate(rows):
            data |= {f"{prefix}-{index}-{field}": value for field, value in row.items()}
    return data | changes


def rows_of(article: Article) -> dict[str, list[dict]]:
    texts = RichText.objects.filter(parent=article.pk)
    figures = Figure.objects.filter(parent=article.pk)
    bylines = Byline.objects.filter(article=article.pk)
    where = {"parent": article.pk, "region": "main"}
    return {
        "articles_richtext_set": [
            {
                "id": row.pk,
                "block_key": token_of(row.key),
                "ordering": row.ordering,
                "text_it": row.text_it,
                "text_en": row.text_en,
            }
            | where
            for row in texts
        ],
        "articles_figure_set": [
            {
                "id": row.pk,
                "ordering": row.ordering,
                "image": row.image_id,
                "alternative_text_it": row.alternative_text_it,
                "alternative_text_en": row.alternative_text_en,
            }
            | where
            for row in figures
        ],
        **{f"articles_{kind}_set": [] for kind in WITHOUT_ROWS},
        "bylines": [
            {
                "id": row.pk,
                "article": article.pk,
                "contributor": row.contributor_id,
                "role": row.role,
                "ordering": row.ordering,
            }
            for row in bylines
        ],
        "citations": [],
    }


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])
