"""The admin without a browser: rights, refusals, hostile input, and what is kept."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from PIL import Image as Pillow

from articles.desk.library import ImageAdmin
from articles.images import sandbox
from articles.models import Article, Byline, Edition, Figure, Image, RichText, Topic
from articles.publishing import verbs
from articles.publishing.states import in_state
from tests.articles.images.steps import files_in
from tests.factories import (
    add_block,
    add_figure,
    logged_in,
    make_article,
    make_contributor,
    make_editor,
    make_image,
    make_topic,
    make_user,
    picture_file,
    publish,
    staff_with,
)
from tests.pages import page_of

pytestmark = pytest.mark.django_db

BLOCKS = ("richtext", "figure", "quote", "callout")


@pytest.fixture
def editor_client(client):
    return logged_in(client, make_editor(first_name="Elena", last_name="Rossi"))


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
                "block_key": row.key,
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
        "articles_quote_set": [],
        "articles_callout_set": [],
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


class TestSaving:
    def test_stores_the_article_and_publishes_nothing(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, title_it="Nuovo", _save="1")
        )

        assert response.status_code == 302
        article.refresh_from_db()
        assert (article.title_it, article.version) == ("Nuovo", 1)
        assert not Edition.objects.exists()

    def test_needs_a_title_in_one_language_only(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, title_it="", title_en="", _save="1")
        )

        assert response.status_code == 200
        assert "Give the article a title" in response.text

    def test_makes_the_missing_address_from_the_title(self, editor_client):
        article = make_article()

        editor_client.post(
            change_url(article), form_of(article, title_en="Why so?", slug_en="", _save="1")
        )

        article.refresh_from_db()
        assert article.slug_en == "why-so"

    def test_parts_the_words_of_an_elision_in_a_new_address_only(self, editor_client):
        article = make_article(slug_en="lelisir")
        changes = {"title_it": "Forza dell’immuno", "slug_it": "", "title_en": "L’elisir"}

        editor_client.post(change_url(article), form_of(article, **changes, _save="1"))
        add_topic = reverse("admin:articles_topic_add")
        editor_client.post(add_topic, {"name_it": "L'immunità", "ordering": 1})

        article.refresh_from_db()
        assert (article.slug_it, article.slug_en) == ("forza-dell-immuno", "lelisir")
        assert Topic.objects.get().slug_it == "l-immunita"

    def test_tells_of_an_address_that_is_taken(self, editor_client):
        make_article(slug_en="taken", title_it="Altro")
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, slug_en="taken", _save="1")
        )

        assert response.status_code == 200
        assert "“Altro” already has the slug “taken”." in response.text
        assert 'href="#id_slug_en"' in response.text

    def test_cleans_hostile_html(self, editor_client):
        article = make_article()
        hostile = '<p onclick="x()">Ciao<script>alert(1)</script></p><a href="javascript:x">l</a>'

        editor_client.post(
            change_url(article),
            form_of(article, _save="1") | {"articles_richtext_set-0-text_it": hostile},
        )

        assert RichText.objects.get().text_it == "<p>Ciao</p>l"


class TestTwoEditors:
    def test_a_form_that_is_out_of_date_is_not_stored(self, editor_client):
        article = make_article(title_it="Prima")
        stale = form_of(article, title_it="Mio", _save="1")
        editor_client.post(change_url(article), form_of(article, title_it="Altrui", _save="1"))

        response = editor_client.post(change_url(article), stale)

        assert response.status_code == 200
        assert "Elena Rossi saved this article (" in response.text
        assert 'value="Mio"' in response.text
        article.refresh_from_db()
        assert article.title_it == "Altrui"

    def test_a_form_without_its_version_is_not_stored(self, editor_client):
        article = make_article(title_it="Prima")
        data = form_of(article, title_it="Dopo", _save="1")
        del data["version"]

        response = editor_client.post(change_url(article), data)

        assert response.status_code == 200
        article.refresh_from_db()
        assert article.title_it == "Prima"

    def test_overwriting_counts_only_for_the_version_that_was_shown(self, editor_client):
        article = make_article(title_it="Prima")
        stale = form_of(article, title_it="Mio")
        editor_client.post(change_url(article), form_of(article, title_it="Altrui", _save="1"))
        article.refresh_from_db()
        editor_client.post(change_url(article), form_of(article, title_it="Ancora", _save="1"))

        refused = editor_client.post(change_url(article), stale | {"overwrite": 1, "_save": "1"})
        accepted = editor_client.post(change_url(article), stale | {"overwrite": 2, "_save": "1"})

        assert (refused.status_code, accepted.status_code) == (200, 302)
        article.refresh_from_db()
        assert article.title_it == "Mio"

    def test_text_in_a_block_that_somebody_deleted_is_stored_anew(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        stale = form_of(article, **{"articles_richtext_set-0-text_it": "<p>Mio.</p>"})
        editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_richtext_set-0-DELETE": "on"}),
        )
        assert not RichText.objects.exists()

        refused = editor_client.post(change_url(article), stale | {"_save": "1"})
        accepted = editor_client.post(change_url(article), stale | {"overwrite": 1, "_save": "1"})

        assert "<p>Mio.</p>" in refused.text.replace("&lt;", "<").replace("&gt;", ">")
        assert accepted.status_code == 302
        assert RichText.objects.get().text_it == "<p>Mio.</p>"
        assert RichText.objects.get().key == key


class TestKeys:
    """By its key an edition knows a block for ever."""

    def test_survive_a_save_and_a_new_order(self, editor_client):
        article = make_article()
        add_block(article, RichText, ordering=20, text_it="<p>Due</p>", text_en="<p>Two</p>")
        keys = dict(RichText.objects.values_list("text_it", "key"))
        form = form_of(article, _save="1")
        form["articles_richtext_set-0-ordering"] = 30

        editor_client.post(change_url(article), form)

        assert dict(RichText.objects.values_list("text_it", "key")) == keys
        assert [event.detail["changed"][0]["how"] for event in article.events.all()] == ["moved"]

    def test_of_a_block_that_is_there_already_is_not_given_twice(self, editor_client):
        article = make_article()
        key = RichText.objects.get().key
        form = form_of(article, _save="1")
        form |= {
            "articles_richtext_set-TOTAL_FORMS": 2,
            "articles_richtext_set-1-region": "main",
            "articles_richtext_set-1-ordering": 20,
            "articles_richtext_set-1-text_it": "<p>Altro</p>",
            "articles_richtext_set-1-block_key": key,
        }

        response = editor_client.post(change_url(article), form)

        assert response.status_code == 302
        first, second = RichText.objects.order_by("pk")
        assert first.key == key != second.key


class TestNotes:
    def test_that_were_not_used_are_kept(self, editor_client):
        article = make_article(lead_en="")

        response = editor_client.post(
            change_url(article),
            form_of(article, _publish="en", _note_en="Why it changed"),
            follow=True,
        )

        assert "Saved, but not published" in response.text
        assert 'value="Why it changed"' in response.text


class TestDeletedMeanwhile:
    def test_what_was_typed_becomes_a_new_article(self, editor_client):
        article = make_article()
        data = form_of(article, title_it="Salvato", _save="1")
        data["articles_richtext_set-0-text_it"] = "<p>Anche questo.</p>"
        url = change_url(article)
        article.delete()

        response = editor_client.post(url, data, follow=True)

        assert "it is now an article of its own" in response.text
        assert Article.objects.get().title_it == "Salvato"
        assert RichText.objects.get().text_it == "<p>Anche questo.</p>"


class TestPublishing:
    def test_saves_and_publishes_with_the_note(self, editor_client):
        article = make_article()

        editor_client.post(
            change_url(article),
            form_of(article, title_it="Pubblicato", _publish="it", _note_it="Prima edizione"),
        )

        edition = Edition.objects.get()
        assert (edition.title, edition.language) == ("Pubblicato", "it")
        assert edition.change_note == "Prima edizione"
        assert str(edition.published_by) == "Elena Rossi"

    def test_both_at_once(self, editor_client):
        article = make_article()

        editor_client.post(change_url(article), form_of(article, _publish="all"))

        assert set(Edition.objects.values_list("language", flat=True)) == {"it", "en"}

    def test_twice_makes_one_edition(self, editor_client):
        article = make_article()
        editor_client.post(change_url(article), form_of(article, _publish="it"))
        article.refresh_from_db()

        response = editor_client.post(
            change_url(article), form_of(article, _publish="it"), follow=True
        )

        assert Edition.objects.count() == 1
        assert "the live page already says the same" in response.text

    def test_a_refusal_links_to_the_fields_and_still_saves(self, editor_client):
        article = make_article(lead_en="")
        add_figure(article)
        add_figure(article, alternative_text_en="", ordering=30)

        response = editor_client.post(
            change_url(article), form_of(article, title_en="Saved", _publish="en"), follow=True
        )

        assert 'href="#id_lead_en"' in response.text
        assert 'href="#id_articles_figure_set-1-alternative_text_en"' in response.text
        assert 'id="id_articles_figure_set-1-alternative_text_en"' in response.text
        article.refresh_from_db()
        assert article.title_en == "Saved"
        assert not Edition.objects.exists()

    def test_of_one_language_for_other_readers_is_refused_at_the_audience(self, editor_client):
        article = make_article()
        publish(article)

        page = editor_client.post(
            change_url(article),
            form_of(article, audience="professional", _publish="en"),
            follow=True,
        )

        article.refresh_from_db()
        link = page_of(page).one("a", href="#id_audience")
        assert link.words.startswith("The page in Italian is still open to everyone")
        assert page_of(page).one("select", id="id_audience")
        assert article.audience == "professional"
        assert {edition.audience for edition in Edition.objects.all()} == {"public"}

    def test_for_professionals_leads_to_the_page_that_editors_see(self, editor_client):
        article = make_article()

        page = editor_client.post(
            change_url(article),
            form_of(article, audience="professional", _publish="all"),
            follow=True,
        )

        addresses = {
            link["href"] for link in page_of(page).all("a") if link.words == "See the page"
        }
        assert len(addresses) == 2
        for address in addresses:
            assert editor_client.get(address).status_code == 200

    def test_an_unknown_language_publishes_nothing(self, editor_client):
        article = make_article()

        response = editor_client.post(change_url(article), form_of(article, _publish="xx"))

        assert response.status_code == 302
        assert not Edition.objects.exists()


class TestWithoutThePermissionToPublish:
    @pytest.fixture
    def author_client(self, client):
        author = make_user(is_staff=True)
        author.user_permissions.set(
            Permission.objects.filter(content_type__app_label="articles").exclude(
                codename="publish_article"
            )
        )
        return logged_in(client, author)

    def test_the_buttons_are_not_there(self, author_client):
        article = make_article()

        response = author_client.get(change_url(article))

        assert 'name="_save"' in response.text
        assert 'name="_publish"' not in response.text

    def test_a_forged_request_saves_and_does_not_publish(self, author_client):
        article = make_article()

        response = author_client.post(
            change_url(article), form_of(article, title_it="Mio", _publish="it"), follow=True
        )

        assert "Saved, but not published." in response.text
        assert not Edition.objects.exists()

    def test_withdrawing_is_refused(self, author_client):
        article = make_article()
        publish(article)
        url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])

        assert author_client.get(url).status_code == 403
        assert author_client.post(url).status_code == 403
        assert Edition.objects.live().count() == 2


class TestPreview:
    def test_says_for_whom_it_will_be(self, editor_client):
        article = make_article()

        preview = editor_client.post(
            change_url(article), form_of(article, audience="professional", _preview="en")
        )

        assert "health professionals only" in page_of(preview).one("dl", class_="trust").words
        article.refresh_from_db()
        assert article.audience == "public"

    def test_of_a_new_article_stores_nothing(self, editor_client):
        data = form_of(Article(title_en="Never stored", slug_en="never", lead_en="In short."))

        response = editor_client.post(
            reverse("admin:articles_article_add"), data | {"_preview": "en"}
        )

        assert response.status_code == 200
        assert "<h1>Never stored</h1>" in response.text
        assert "no-store" in response.headers["Cache-Control"]
        assert 'content="noindex"' in response.text
        assert not Article.objects.exists()

    def test_that_is_not_possible_says_why_in_its_own_tab(self, editor_client):
        article = make_article()

        response = editor_client.post(
            change_url(article), form_of(article, slug_en="not a slug", _preview="en")
        )

        assert "Close this tab" in response.text
        assert "valid" in response.text
        assert "<form" not in response.text.split('id="content"')[1].split("</footer>")[0]

    def test_of_one_language_shows_nothing_of_the_other(self, editor_client):
        article = make_article(title_it="Soltanto italiano", title_en="")

        response = editor_client.post(change_url(article), form_of(article, _preview="en"))

        page = page_of(response).one("main").words
        assert "In short." in page
        assert "A text." in page
        assert not [
            words
            for words in ("Soltanto italiano", "In breve.", "Un testo.")
            if words in response.text
        ]


class TestTheList:
    def test_marks_what_is_for_professionals_and_can_be_filtered_by_it(self, editor_client):
        url = reverse("admin:articles_article_changelist")
        make_article(title_it="Aperto")
        make_article(title_it="Riservato", audience="professional")

        rows = page_of(editor_client.get(url)).one("table", id="result_list")
        filtered = page_of(editor_client.get(f"{url}?audience__exact=professional"))

        titles = [cell.words for cell in rows.all("th", class_="field-title_shown")]
        assert titles == ["Riservato health professionals only", "Aperto"]
        assert "Aperto" not in filtered.one("table", id="result_list").words

    def test_of_editions_tells_their_audience(self, editor_client):
        publish(make_article(audience="professional"), "it")
        edition = Edition.objects.get()

        rows = page_of(editor_client.get(reverse("admin:articles_edition_changelist")))
        form = editor_client.get(reverse("admin:articles_edition_change", args=[edition.pk]))

        assert "health professionals only" in rows.one("table", id="result_list").words
        assert "health professionals only" in page_of(form).one("main").words

    def test_shows_where_each_language_stands(self, editor_client):
        live = make_article(title_it="Vivo")
        publish(live, "it")
        changed = make_article(title_it="Cambiato")
        publish(changed)
        editor_client.post(change_url(changed), form_of(changed, lead_en="Anew.", _save="1"))

        response = editor_client.get(reverse("admin:articles_article_changelist"))

        rows = {row.split("</a>")[0].rpartition(">")[2]: row for row in response.text.split("<tr>")}
        assert "live, no. 1" in rows["Vivo"]
        assert "never published" in rows["Vivo"]
        assert "live, no. 1, with unpublished changes" in rows["Cambiato"]

    @pytest.mark.parametrize(
        ("state", "titles"),
        [("never", {"Mai"}), ("live", {"Vivo"}), ("withdrawn", {"Ritirato"}), ("changed", set())],
    )
    def test_can_be_filtered_by_state(self, editor_client, state, titles):
        make_article(title_it="Mai")
        publish(make_article(title_it="Vivo"))
        withdrawn = make_article(title_it="Ritirato")
        publish(withdrawn)
        editor_client.post(reverse("admin:articles_article_withdraw", args=[withdrawn.pk, "it"]))

        response = editor_client.get(
            reverse("admin:articles_article_changelist"), {"state_it": state}
        )

        assert {str(article) for article in response.context["cl"].result_list} == titles

    def test_offers_no_state_that_nothing_can_be_in_yet(self, editor_client):
        response = editor_client.get(reverse("admin:articles_article_changelist"))

        for spec in response.context["cl"].filter_specs[:2]:
            assert [state for state, _label in spec.lookup_choices] == [
                "never", "live", "changed", "withdrawn",
            ]  # fmt: skip

    def test_is_found_by_a_word_of_the_title_in_either_language(self, editor_client):
        make_article(title_it="Ombrello", title_en="Umbrella")
        make_article()

        for word in ("ombre", "UMBRELLA"):
            response = editor_client.get(reverse("admin:articles_article_changelist"), {"q": word})
            assert [str(article) for article in response.context["cl"].result_list] == ["Ombrello"]

    def test_costs_the_same_whatever_its_length(self, editor_client, django_assert_max_num_queries):
        for _number in range(12):
            publish(make_article(topic=make_topic()))

        with django_assert_max_num_queries(10):
            editor_client.get(reverse("admin:articles_article_changelist"))

    def test_deleting_keeps_what_was_published(self, editor_client):
        published, never = make_article(), make_article()
        publish(published)

        editor_client.post(
            reverse("admin:articles_article_changelist"),
            {
                "action": "delete_selected",
                "_selected_action": [published.pk, never.pk],
                "post": "yes",
            },
        )

        assert set(Article.objects.all()) == {published, never}

    def test_deleting_what_was_never_published_deletes_it(self, editor_client):
        never = make_article()

        editor_client.post(
            reverse("admin:articles_article_changelist"),
            {"action": "delete_selected", "_selected_action": [never.pk], "post": "yes"},
        )

        assert not Article.objects.exists()


class TestHistory:
    def test_lists_the_editions_and_shows_each_as_it_was(self, editor_client):
        article = make_article(title_en="First title")
        edition = publish(article, "en")[0]
        editor_client.post(
            change_url(article), form_of(article, title_en="Second title", _publish="en")
        )

        history = editor_client.get(reverse("admin:articles_article_history", args=[article.pk]))
        past = editor_client.get(reverse("admin:articles_article_edition", args=[edition.pk]))

        assert history.text.count("See it") == 2
        assert "<h1>First title</h1>" in past.text
        assert "Readers do not see it any more" in past.text
        assert "not published" not in past.text

    def test_tells_what_was_done_in_the_language_of_the_editor(self, editor_client):
        article = make_article()
        removed = add_figure(article)
        form = form_of(article, title_it="Nuovo", lead_en="New.", _save="1")
        form["articles_richtext_set-0-text_it"] = "<p>Nuovo testo.</p>"
        form["articles_figure_set-0-DELETE"] = "on"
        editor_client.post(change_url(article), form)
        article.refresh_from_db()
        publish(article, "it", it="Un titolo nuovo")
        verbs.withdraw(article, "it", by=make_editor(), note="Per prova")

        assert not Figure.objects.filter(pk=removed.pk).exists()
        assert not article.editions.get().images.exists()
        assert self.told(editor_client, article, "it") == [
            "Ha ritirato l’edizione n. 1 in italiano. Per prova",
            "Ha pubblicato in italiano l’edizione n. 1. Un titolo nuovo",
            "Ha cambiato: titolo in italiano; sommario in inglese; testo; figura (eliminazione).",
        ]
        assert self.told(editor_client, article, "en") == [
            "Withdrew edition no. 1 in Italian. Per prova",
            "Published edition no. 1 in Italian. Un titolo nuovo",
            "Changed: title in Italian; lead in English; text; figure (removed).",
        ]

    def told(self, client, article, language) -> list[str]:
        """What the history says, the newest first."""
        get_user_model().objects.update(preferred_language=language)
        url = reverse("admin:articles_article_history", args=[article.pk])
        page = page_of(client.get(url))
        rows = page.one("div", id="events").one("tbody").all("tr")
        return [list(row.all("td"))[2].words for row in rows]

    def test_of_an_article_that_does_not_exist(self, editor_client):
        response = editor_client.get("/admin/articles/article/9999/history/")

        assert response.status_code == 302


class TestReadingOnly:
    def test_shows_the_article_and_no_way_to_change_it(self, client):
        reader = make_user(is_staff=True)
        reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        logged_in(client, reader)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

        response = client.get(change_url(make_article()))

        assert response.status_code == 200
        assert "You may read this article, and not change it." in response.text
        assert "content_editor/index.js" not in response.text


class TestSharedRows:
    def test_a_renamed_author_marks_the_articles_that_name_her(self, editor_client):
        article, other = make_article(), make_article()
        publish(article)
        publish(other)
        author = article.bylines.get().contributor

        editor_client.post(
            reverse("admin:articles_contributor_change", args=[author.pk]),
            {"name_it": "Anna Verdi"},
        )

        changed = in_state(Article.objects.all(), "it", "changed")
        assert list(changed) == [article]

    def test_a_picture_retitled_for_editors_marks_nothing(self, editor_client):
        article = make_article()
        image = make_image()
        add_figure(article, image=image)
        publish(article)
        form = {"credit_it": "", "credit_en": ""}
        url = reverse("admin:articles_image_change", args=[image.pk])

        editor_client.post(url, form | {"title": "New title"})
        retitled = in_state(Article.objects.all(), "it", "changed").exists()
        editor_client.post(url, form | {"title": "New title", "credit_it": "Anna"})
        credited = in_state(Article.objects.all(), "it", "changed").exists()

        assert (retitled, credited) == (False, True)

    def test_a_contributor_needs_a_name(self, editor_client):
        response = editor_client.post(reverse("admin:articles_contributor_add"), {"name_it": ""})

        assert response.status_code == 200
        assert "Who is it?" in response.text


def upload(client, file, **data):
    return client.post(reverse("admin:articles_image_add"), {"upload": file} | data)


class TestUploading:
    def test_takes_a_picture_and_names_it_after_its_file(self, editor_client):
        response = upload(editor_client, picture_file("umbrella.png"))

        assert response.status_code == 302
        assert Image.objects.get().title == "umbrella"

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (SimpleUploadedFile("x.jpg", b"not a picture"), "is not a picture in JPEG"),
            (SimpleUploadedFile("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "is not a"),
            (SimpleUploadedFile("x.png", b""), "empty"),
        ],
        ids=["text", "svg", "empty"],
    )
    def test_refuses_what_is_no_picture(self, editor_client, file, sentence):
        response = upload(editor_client, file)

        assert response.status_code == 200
        assert sentence in response.text
        assert not Image.objects.exists()

    def test_refuses_half_a_picture(self, editor_client):
        whole = io.BytesIO()
        Pillow.effect_noise((300, 200), 80).convert("RGB").save(whole, "JPEG")
        half = SimpleUploadedFile("half.jpg", whole.getvalue()[: len(whole.getvalue()) // 2])

        response = upload(editor_client, half)

        assert "broken or incomplete" in response.text
        assert not Image.objects.exists()

    def test_refuses_too_many_pixels_and_too_many_bytes(self, editor_client, settings):
        settings.IMAGE_MAX_PIXELS = 1_000_000
        large = upload(editor_client, picture_file(size=(1200, 1000)))
        settings.IMAGE_MAX_BYTES = 100
        heavy = upload(editor_client, picture_file(size=(60, 60)))

        assert "too many pixels: the limit is 1 megapixels" in large.text
        assert "Make the picture smaller" in heavy.text
        assert not Image.objects.exists()

    def test_of_a_known_picture_from_within_a_figure_takes_the_known_one(self, editor_client):
        upload(editor_client, picture_file("first.png", colour=(1, 2, 3)))

        response = upload(editor_client, picture_file("x.png", colour=(1, 2, 3)), _popup="1")

        image = Image.objects.get()
        assert image.title == "first"
        assert f"&quot;value&quot;: &quot;{image.pk}&quot;" in response.text

    def test_refuses_the_same_picture_twice_and_names_the_first(self, editor_client):
        upload(editor_client, picture_file("first.png", colour=(1, 2, 3)))

        response = upload(editor_client, picture_file("second.png", colour=(1, 2, 3)))

        assert "already in the library" in response.text
        assert ">first</a>" in response.text
        assert Image.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestUploadingAndItsTransaction:
    @pytest.mark.parametrize("content", [picture_file().read(), b"not a picture"])
    def test_reads_the_picture_once_before_it_begins(self, editor_client, content, monkeypatch):
        render, seen = sandbox.render, []

        def noted(*args, **options):
            seen.append(connection.in_atomic_block)
            return render(*args, **options)

        monkeypatch.setattr(sandbox, "render", noted)

        upload(editor_client, SimpleUploadedFile("x.png", content))

        assert seen == [False]

    def test_leaves_nothing_behind_when_it_fails_in_the_end(self, editor_client, monkeypatch):
        stored = []

        def fail(_admin, _request, image, _message):
            stored.append(image.original.storage.exists(image.original.name))
            raise OperationalError("database or disk is full")

        monkeypatch.setattr(ImageAdmin, "log_addition", fail)

        with pytest.raises(OperationalError):
            upload(editor_client, picture_file())

        assert stored == [True]
        assert not Image.objects.exists()
        assert files_in("default") == files_in("renditions") == []

    def test_reads_nothing_for_who_may_not_add(self, client, monkeypatch):
        monkeypatch.setattr(sandbox, "render", lambda *_args, **_options: pytest.fail("was read"))

        response = upload(logged_in(client, staff_with("view_image")), picture_file())

        assert response.status_code == 403


class TestThumbnail:
    @pytest.mark.parametrize(
        ("permissions", "status"),
        [([], 403), (["change_article"], 403), (["view_image"], 302), (["change_image"], 302)],
    )
    def test_is_for_those_who_may_see_the_library(self, client, permissions, status):
        image = make_image()
        name = image.renditions.ready().get().name

        response = logged_in(client, staff_with(*permissions)).get(
            reverse("admin:articles_image_thumbnail", args=[image.pk])
        )

        assert response.status_code == status
        assert response.get("Location", "").endswith(name) is (status == 302)

    def test_does_not_tell_the_others_which_images_there_are(self, client):
        response = logged_in(client, staff_with()).get(
            reverse("admin:articles_image_thumbnail", args=[0])
        )

        assert response.status_code == 403


class TestDeletingAnImage:
    def test_that_is_shown_somewhere_is_refused(self, editor_client):
        image = make_image()
        add_figure(make_article(), image=image)

        response = editor_client.post(
            reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
        )

        assert Image.objects.filter(pk=image.pk).exists()
        assert "figure" in response.text.lower()

    def test_that_only_an_edition_shows_is_refused(self, editor_client):
        image = make_image()
        article = make_article()
        figure = add_figure(article, image=image)
        publish(article)
        figure.delete()

        editor_client.post(reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"})

        assert Image.objects.filter(pk=image.pk).exists()

    def test_that_nothing_shows_takes_its_files_along(
        self, editor_client, django_capture_on_commit_callbacks
    ):
        image = make_image()
        storage, name = image.original.storage, image.original.name

        with django_capture_on_commit_callbacks(execute=True):
            editor_client.post(
                reverse("admin:articles_image_delete", args=[image.pk]), {"post": "yes"}
            )

        assert not Image.objects.exists()
        assert not storage.exists(name)


class TestBadInput:
    @pytest.mark.parametrize(
        "path",
        [
            "/admin/articles/article/abc/change/",
            "/admin/articles/article/%00/change/",
            "/admin/articles/article/1/x/change/",
            "/admin/articles/article/99999999999999999999/change/",
            "/admin/articles/article/99999999999999999999/withdraw/it/",
            "/admin/articles/article/1/withdraw/xx/",
            "/admin/articles/article/edition/0/",
            "/admin/articles/image/0/thumbnail/",
            "/admin/articles/article/?q=%00&state_it=nonsense&p=-1&o=x",
            "/admin/articles/article/abc/history/",
            "/admin/articles/article/%C2%B2/history/",
            "/admin/articles/edition/?language__exact=%00",
            "/admin/autocomplete/?app_label=articles&model_name=byline&field_name=contributor&term=%00",
        ],
    )
    def test_is_never_a_server_error(self, editor_client, path):
        assert editor_client.get(path).status_code < 500

    def test_history_cannot_be_posted_to(self, editor_client):
        article = make_article()

        response = editor_client.post(reverse("admin:articles_article_history", args=[article.pk]))

        assert response.status_code < 500

    def test_notes_are_cleaned(self, editor_client):
        article = make_article()
        editor_client.post(
            change_url(article), form_of(article, _publish="it", _note_it="a\x00b\r\nc" + "d" * 400)
        )
        url = reverse("admin:articles_article_withdraw", args=[article.pk, "it"])
        editor_client.post(url, {"note": "e\x00f"})

        edition = Edition.objects.get()
        assert edition.change_note.startswith("a b cddd")
        assert len(edition.change_note) == 300
        assert edition.withdrawal_note == "e f"

    def test_nonsense_in_the_form_is_refused_with_the_form(self, editor_client):
        article = make_article()
        add_figure(article)
        nonsense = {
            "topic": "x",
            "version": "y",
            "articles_richtext_set-0-ordering": "z",
            "articles_richtext_set-0-id": "99999999999999999999",
            "title_it": "a\x00b",
            "articles_figure_set-0-image": "²",
            "_save": "1",
        }

        response = editor_client.post(change_url(article), form_of(article) | nonsense)

        assert response.status_code == 200

    def test_a_figure_without_an_image_is_refused_with_the_form(self, editor_client):
        article = make_article()
        add_figure(article)

        response = editor_client.post(
            change_url(article),
            form_of(article, _save="1", **{"articles_figure_set-0-image": "7777"}),
        )

        assert response.status_code == 200
        assert make_contributor().pk  # the connection is still usable
