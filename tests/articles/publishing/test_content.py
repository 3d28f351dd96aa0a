"""What is stored of an edition, and what is made of it when it is read."""

import pytest

from articles.models import Edition
from articles.publishing.content import (
    Content,
    UnknownSchema,
    page_digest,
    read,
    text_digest,
    write,
)

# As it was written when the schema was new: whatever comes after must still understand it.
SCHEMAS = {
    1: {
        "schema": 1,
        "blocks": [
            {
                "key": "5d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55",
                "type": "richtext",
                "html": '<h2 id="uno">Uno</h2>',
            },
            {
                "key": "0d3e9a52-3f0b-44f3-9c53-7b1c3a1d8f10",
                "type": "figure",
                "image": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "alternative_text": "Un microscopio",
                "caption": "",
                "credit": "Foto: A",
            },
        ],
        "contents": [{"text": "Uno", "anchor": "uno"}],
        "bylines": [
            {"key": "b1", "role": "author", "name": "A", "qualification": ""},
            {"key": "b2", "role": "reviewer", "name": "R", "qualification": "oncologa"},
            {"key": "b3", "role": "translator", "name": "T", "qualification": ""},
        ],
        "sources": [{"key": "s1", "citation": "Hodi 2010", "links": []}],
    },
    2: {
        "schema": 2,
        "blocks": [
            {"key": "k1", "type": "keypoints", "points": ["Uno.", "Due.", "Tre."]},
            {
                "key": "5d6f3c0e-8a39-4a1c-9c7b-2f1d6f0f3a55",
                "type": "richtext",
                "html": '<h2 id="uno">Uno</h2>',
            },
            {
                "key": "0d3e9a52-3f0b-44f3-9c53-7b1c3a1d8f10",
                "type": "figure",
                "image": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "alternative_text": "Un microscopio",
                "caption": "",
                "credit": "Foto: A",
            },
            {"key": "q1", "type": "question", "title": "Fa male?", "html": "<p>No.</p>"},
            {"key": "q2", "type": "question", "title": "Quanto dura?", "html": "<p>Un’ora.</p>"},
            {
                "key": "t1",
                "type": "timelineentry",
                "when": "Giorno 1",
                "title": "Esami",
                "html": "",
            },
            {
                "key": "c1",
                "type": "carecard",
                "urgency": "non-urgent",
                "title": "Chiami se:",
                "html": "<p>Febbre.</p>",
            },
            {
                "key": "b1",
                "type": "table",
                "caption": "Esami",
                "html": '<thead><tr><th scope="col">Quando</th></tr></thead>',
            },
            {"key": "o1", "type": "ownarticle", "article": "a-key"},
        ],
        "contents": [{"text": "Uno", "anchor": "uno"}],
        "bylines": [
            {"key": "b1", "role": "author", "name": "A", "qualification": ""},
            {"key": "b2", "role": "reviewer", "name": "R", "qualification": "oncologa"},
            {"key": "b3", "role": "translator", "name": "T", "qualification": ""},
        ],
        "sources": [{"key": "s1", "citation": "Hodi 2010", "links": []}],
    },
}


class TestRead:
    @pytest.mark.parametrize("schema", SCHEMAS)
    def test_understands_every_schema_that_was_written(self, schema):
        content = read(Edition(content=SCHEMAS[schema]))

        types = [block["type"] for block in content.blocks]
        assert types[types.index("richtext") :][:2] == ["richtext", "figure"]
        assert [figure["caption"] for figure in content.figures] == [""]
        assert [line["name"] for line in content.authors] == ["A"]
        assert (content.declarations, content.funding) == ([], "")
        assert [line["name"] for line in content.reviewers] == ["R"]
        assert [line["name"] for line in content.translators] == ["T"]
        assert content.sources[0]["citation"] == "Hodi 2010"
        assert content.contents == [{"text": "Uno", "anchor": "uno"}]

    def test_tells_what_stands_apart_and_what_stands_together(self):
        content = read(Edition(content=SCHEMAS[2]))

        groups = [(group[0]["type"], len(group)) for group in content.groups]
        assert content.key_points == ["Uno.", "Due.", "Tre."]
        assert content.own_articles == ["a-key"]
        assert groups == [
            ("richtext", 1), ("figure", 1), ("question", 2), ("timelineentry", 1), ("carecard", 1),
            ("table", 1), ("ownarticle", 1),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("content", "named"), [({}, "None"), ({"schema": 99, "blocks": []}, "99")]
    )
    def test_refuses_what_it_does_not_know(self, content, named):
        with pytest.raises(UnknownSchema, match=rf"Schema {named} of Titolo \(it, 3\)"):
            read(Edition(content=content, title="Titolo", language="it", number=3))

    def test_reads_what_is_written_now(self):
        written = write(Content(blocks=[], contents=[], bylines=[], sources=[]))

        assert written["schema"] == max(SCHEMAS)
        assert read(Edition(content=written)).blocks == []


class TestDigests:
    def test_of_old_editions_are_what_they_were(self):
        edition = Edition(
            content=SCHEMAS[1], language="it", title="T", lead="L", slug="s", audience="public"
        )

        assert text_digest(edition).startswith("ce8bfd1022497903")
        assert page_digest(edition).startswith("73b248cc495d5094")
