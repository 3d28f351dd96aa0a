"""What differs between two editions, part by part."""

import re
from collections import Counter

import pytest

from articles.models import Article, Quote, RichText
from articles.publishing.comparison import compare, differences, names_of
from articles.publishing.content import UnknownSchema
from articles.publishing.parts import part_of
from tests.articles.publishing.test_content import SCHEMAS
from tests.factories import (
    add_block,
    add_figure,
    add_source,
    freeze,
    make_article,
    make_image,
    make_topic,
    marker,
)

pytestmark = pytest.mark.django_db


class TestDifferences:
    def test_tells_each_field_by_its_name(self):
        card = {"type": "carecard", "urgency": "urgent", "title": "a b", "html": "<p>c</p>"}
        before = part_of("k", "carecard", card)
        after = part_of("k", "carecard", {**card, "urgency": "emergency", "html": "<p>d</p>"})

        urgency, text = differences(before, after)

        assert (urgency.label, text.label) == ("Urgenza", "Testo")
        assert urgency.html == (
            "<del>Urgente: farsi aiutare oggi stesso</del><ins>Emergenza: agire subito</ins>"
        )
        assert text.html == "<p><del>c</del><ins>d</ins></p>"
        assert re.sub("<[^>]*>", "", text.shown) == "[tolto: c] [nuovo: d] "

    def test_of_what_is_new_or_gone_is_the_whole(self):
        part = part_of("title", "title", "Dose < 3")

        assert [field.html for field in differences(None, part)] == ["<ins>Dose &lt; 3</ins>"]
        assert [field.html for field in differences(part, None)] == ["<del>Dose &lt; 3</del>"]
        assert differences(part, part) == differences(None, None) == []

    def test_shows_a_kind_that_it_does_not_know(self):
        before = part_of("k", "poll", {"type": "poll", "asked": "a b"})
        after = part_of("k", "poll", {"type": "poll", "asked": "a c", "html": "<p>d</p>"})

        assert [(field.label, field.html) for field in differences(before, after)] == [
            ("Asked", "a <del>b</del><ins>c</ins>"),
            ("Testo", "<p><ins>d</ins></p>"),
        ]

    def test_tells_when_only_the_formatting_differs(self):
        before, after = (
            part_of("k", "richtext", {"type": "richtext", "html": html})
            for html in ("<p>a</p>", "<p><em>a</em></p>")
        )
        (field,) = differences(before, after)
        assert field.is_only_formatting
        assert not differences(None, after)[0].is_only_formatting


class TestCompare:
    def test_finds_what_became_of_each_block(self):
        article = make_article(text=False)
        gone, one, two, three, last = (
            add_block(article, Quote, ordering=number * 10, text_it=f"Detto {number}.")
            for number in range(1, 6)
        )
        old = freeze(article, "it")
        gone.delete()
        two.ordering = 70
        two.save()
        three.ordering, three.text_it = 80, "Detto altrove."
        three.save()
        new = add_block(article, Quote, ordering=15, text_it="Nuovo.")

        parts = compare(old, freeze(article, "it"))

        blocks = [part for part in parts if part.kind == "quote"]
        assert [(part.key, part.how, part.moved) for part in blocks] == [
            (str(gone.key), "removed", False),
            (str(new.key), "added", False),
            (str(one.key), "same", False),
            (str(last.key), "moved", True),
            (str(two.key), "same", False),
            (str(three.key), "changed", False),
        ]
        assert [part.excerpt for part in blocks if part.excerpt] == ["Detto 5."]
        assert (blocks[0].before, blocks[0].after) == (1, 0)
        assert [part.how for part in parts if part.kind != "quote"] == ["same"] * 4

    def test_compares_what_stands_around_the_blocks(self):
        article = make_article(topic=make_topic(name_it="Fegato"))
        figure = add_figure(article, caption_it="Cellule T")
        source = add_source(article, "Hodi 2010")
        RichText.objects.update(text_it=f"<p>Un testo{marker(source)}</p>")
        old = freeze(article, "it")
        figure.image = make_image(title="Umbrella")
        figure.caption_it = "Cellule B"
        figure.save()
        source.citation = "Hodi 2011"
        source.save()
        article.bylines.all().delete()
        Article.objects.update(topic=None, slug_it="nuovo")
        article = Article.objects.get()
        RichText.objects.update(text_it=f"<p>Un testo{marker(add_source(article, 'Due'))}</p>")
        new = freeze(article, "it")

        found = {part.kind: part for part in compare(old, new, names_of(old, new))}

        shown = {
            kind: [(field.name, str(field.html)) for field in part.fields]
            for kind, part in found.items()
            if part.how != "same"
        }
        assert shown == {
            "page": [
                ("slug", f"<del>{old.slug}</del><ins>nuovo</ins>"),
                ("topic", "<del>Fegato</del>"),
            ],
            "richtext": [
                (
                    "html",
                    '<p>Un testo<del><cite title="Hodi 2011">[Hodi 2011]</cite></del>'
                    '<ins><cite title="Due">[Due]</cite></ins></p>',
                )
            ],
            "figure": [
                ("image", "<del>A picture</del><ins>Umbrella</ins>"),
                ("caption", "Cellule <del>T</del><ins>B</ins>"),
            ],
            "sources": [
                (
                    "sources",
                    "<ol><li>Hodi <del>2010</del><ins>2011</ins></li><li><ins>Due</ins></li></ol>",
                ),
            ],
            "bylines": [("bylines", "<ul><li><del>Anna Bianchi (autore)</del></li></ul>")],
        }

    def test_knows_two_editions_without_a_key_in_common(self):
        article, other = make_article(), make_article()
        for number in range(100):
            for each in (article, other):
                add_block(each, Quote, ordering=number, text_it="Detto.")

        parts = compare(freeze(article, "it"), freeze(other, "it"))

        became = Counter(part.how for part in parts if part.kind == "quote")
        assert became == {"removed": 100, "added": 100}

    def test_compares_editions_of_every_schema(self):
        article = make_article()
        old, new = freeze(article, "it"), freeze(article, "it")
        old.content = SCHEMAS[1]
        assert {part.how for part in compare(old, new)} >= {"removed", "added"}

        old.content = {"schema": 99}
        with pytest.raises(UnknownSchema):
            compare(old, new)
