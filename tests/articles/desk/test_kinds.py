"""The newer kinds of blocks in the form, and blocks that are in one language only."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.desk.history import told
from articles.desk.kept_rows import token_of
from articles.models import (
    BLOCKS,
    Article,
    Attachment,
    Block,
    Callout,
    CareCard,
    KeyPoints,
    OwnArticle,
    Player,
    Question,
    Table,
    TimelineEntry,
)
from articles.models.blocks import blocks_of
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_block,
    add_figure,
    add_player,
    logged_in,
    make_article,
    make_document,
    make_image,
    make_recording,
    member_of,
    publish,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db


def rows(article, kind: str, *added: dict, stored=()) -> dict:
    """What a browser sends of the rows of a kind: those that are stored, and added ones."""
    prefix = f"articles_{kind}_set"
    data = {f"{prefix}-TOTAL_FORMS": len(stored) + len(added)}
    data[f"{prefix}-INITIAL_FORMS"] = len(stored)
    keys = [{"id": row.pk, "block_key": token_of(row.key)} for row in stored]
    for number, row in enumerate([*keys, *({} for _row in added)]):
        row |= {"parent": article.pk, "region": "main", "ordering": 20 + number}
        if number >= len(stored):
            row |= added[number - len(stored)]
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def saved(client, article, data: dict, **changes):
    """Send the article's form with rows and changes; return the answer."""
    article.refresh_from_db()
    form = form_of(article, _save="1") | data | changes
    return client.post(change_url(article), form)


class TestForm:
    def test_takes_each_kind(self, client):
        client = logged_in(client, member_of("Authors"))
        article, other, document = make_article(), make_article(), make_document()
        recording, image = make_recording(), make_image()
        data: dict = {}
        added: dict[str, dict] = {
            "keypoints": {"points_it": "Uno\r\nDue\r\nTre"},
            "question": {"question_it": "Fa male?", "answer_it": "<p>No.</p>"},
            "timelineentry": {"when_it": "Oggi", "title_it": "Esami"},
            "carecard": {"urgency": "urgent", "title_it": "Chiami:"},
            "table": {"caption_it": "a", "text_it": "<table><td>1</table>", "header_row": "on"},
            "ownarticle": {"article": other.pk},
            "attachment": {"document_it": document.pk},
            "player": {"recording": recording.pk, "poster": image.pk, "title_it": "Un video"},
        }
        for kind, row in added.items():
            data |= rows(article, kind, row)

        assert saved(client, article, data).status_code == 302

        assert KeyPoints.objects.get().points_it == "Uno\nDue\nTre"
        assert Question.objects.get().answer_it == "<p>No.</p>"
        assert TimelineEntry.objects.get().when_it == "Oggi"
        assert CareCard.objects.get().urgency == "urgent"
        table = Table.objects.get()
        assert (table.header_row, table.header_column) == (True, False)
        assert table.text_it == "<table><tbody><tr><td><p>1</p></td></tr></tbody></table>"
        assert OwnArticle.objects.get().article == other
        attachment = Attachment.objects.get()
        assert (attachment.document_it, attachment.document_en) == (document, None)
        player = Player.objects.get()
        assert (player.recording, player.poster, player.title_it) == (recording, image, "Un video")
        assert client.get(change_url(article)).status_code == 200

    def test_asks_for_one_block_of_key_points(self, editor_client):
        article = make_article()
        first = add_block(article, KeyPoints, points_it="Uno\nDue\nTre")
        second = rows(article, "keypoints", {"points_it": "Altro"}, stored=[first])

        answer = saved(editor_client, article, second)
        assert "This article has its key points already" in answer.text

        gone = {"articles_keypoints_set-0-DELETE": "on"}
        assert saved(editor_client, article, second, **gone).status_code == 302
        assert KeyPoints.objects.get().points_it == "Altro"

    def test_answers_bad_input_with_a_sentence_and_loses_nothing(self, editor_client):
        article = make_article()
        tall = "<table>" + "<tr><td>a</td></tr>" * 301
        data: dict = {}
        bad: dict[str, list[dict]] = {
            "carecard": [{"title_it": "Perso?", "only_in": "it"}, {"urgency": "x"}],
            "question": [{"question_it": "Perduto?", "only_in": "xx"}],
            "table": [{"text_it": tall}, {"text_it": "x" * 400_001}],
            "ownarticle": [{"article": "9" * 30}, {"article": ""}, {"article": article.pk}],
            "attachment": [{"document_it": "9" * 30}, {"document_en": "x"}],
            "player": [{"recording": "9" * 30, "title_it": "Sparito?"}, {"poster": "x"}],
        }
        for kind, added in bad.items():
            data |= rows(article, kind, *added)

        answer = saved(editor_client, article, data)

        assert answer.status_code == 200
        for sentence in (
            "Say why this care card is in one language only.",
            "x is not one of the available choices",
            "xx is not one of the available choices",
            "This table is too large (301 × 1)",
            "there is room for 400000 in a block",
            "That choice is not one of the available choices",
            "This field is required",
            "An article cannot lead to itself",
            "Perso?",
            "Perduto?",
            "Sparito?",
        ):
            assert sentence in answer.text, sentence
        assert not any(model.objects.exists() for model in BLOCKS[4:])

    def test_costs_no_query_for_a_kind(self, client):
        client = logged_in(client, member_of("Editors"))
        ContentType.objects.get_for_model(Article)
        few, many = make_article(), make_article()
        for number, model in enumerate(BLOCKS):
            for ordering in range(1 if model is KeyPoints else 2):
                if model._meta.model_name == "figure":
                    add_figure(many)
                elif model is OwnArticle:
                    add_block(many, model, article=few)
                elif model is Attachment:
                    documents = {f"document_{code}": make_document() for code in ("it", "en")}
                    add_block(many, model, **documents)
                elif model is Player:
                    add_player(many)
                else:
                    add_block(many, model, ordering=10 * number + ordering)

        def cost(article) -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                client.get(change_url(article))
            return [query["sql"] for query in captured.captured_queries]

        # Pictures, files, recordings, other articles, and where those are live.
        assert len(cost(many)) == len(cost(few)) + 5 <= 20, cost(many)
        assert [len(rows) for rows in blocks_of(many).values()] == [
            model.objects.filter(parent=many).count() for model in BLOCKS
        ]

    def test_reads_each_block_as_it_is_stored(self):
        article = make_article()
        kinds: list[tuple[int, type[Block]]] = [(30, Table), (20, Table), (10, CareCard)]
        for ordering, model in kinds:
            add_block(article, model, ordering=ordering, text_it='<p>«è» \\ "</p>')
        add_figure(article, decorative=True)

        for model, blocks in blocks_of(article).items():
            stored = list(model.objects.filter(parent=article))
            assert blocks == stored
            columns = [field.attname for field in model._meta.concrete_fields]
            for block, row in zip(blocks, stored, strict=True):
                # The column without a language has the words of whoever asks.
                for name in columns:
                    assert block.__dict__[name] == row.__dict__[name], name


class TestOwnArticle:
    def test_says_where_the_page_leaves_it_out(self, editor_client):
        article, other = make_article(), make_article()
        add_block(article, OwnArticle, article=other)
        publish(other, "it")

        page = editor_client.get(change_url(article)).text

        assert "Not live in English: the page in that language leaves it out." in page
        assert "Not live in Italian" not in page
        assert "a public page never shows it" not in page

    def test_says_that_a_reserved_one_stays_reserved(self, editor_client):
        article = make_article()
        add_block(article, OwnArticle, article=make_article(audience="professional"))

        assert "a public page never shows it" in editor_client.get(change_url(article)).text


class TestOnlyInOneLanguage:
    def test_of_a_live_block_is_shown_as_a_removal(self, editor_client):
        article = make_article()
        texts = {"title_it": "Da sapere", "title_en": "Good to know"}
        block = add_block(article, Callout, **texts)
        add_block(article, Callout, ordering=30, title_it="Nuovo", only_in="it")
        live = "Readers see this in English, and no longer will once you publish:"
        stored = list(article.articles_callout_set.all())
        publish(article)
        assert live not in editor_client.get(change_url(article)).text

        data = rows(article, "callout", stored=stored)
        for number, row in enumerate(stored):
            prefix = f"articles_callout_set-{number}"
            data |= {f"{prefix}-kind": row.kind, f"{prefix}-only_in": "it"}
            data |= {f"{prefix}-{name}": getattr(row, name) or "" for name in texts}
            data[f"{prefix}-ordering"] = row.ordering
        assert saved(editor_client, article, data).status_code == 302

        panel = page_of(editor_client.get(change_url(article))).one("aside")
        assert f"{live} Call-out, block 2" in panel.words
        assert panel.words.count("Call-out, block") == 1
        assert told(article.events.latest("pk")) == (
            "Changed: call-out (kept only in Italian, removed from the other pages)."
        )

        # What nobody was shown does not go out.
        saved(editor_client, article, data | {"_publish": "all", "_severity": "2"})
        assert article.editions.count() == 2
        page = page_of(editor_client.get(change_url(article)))
        assert "publish once more" in page.one("ul", class_="messagelist").words
        shown = page.one("input", name="_shown_removal")["value"]

        saved(
            editor_client,
            article,
            data | {"_publish": "all", "_severity": "2", "_shown_removal": shown},
        )
        assert live not in editor_client.get(change_url(article)).text
        assert str(block.key) not in str(article.editions.live().get(language="en").content)

        data["articles_callout_set-0-only_in"] = ""
        saved(editor_client, article, data)
        assert told(article.events.latest("pk")) == "Changed: call-out (in every language again)."
