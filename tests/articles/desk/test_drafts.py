"""What is typed and not saved: kept, offered again, compared, and nobody else's."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.personal_data import erase
from articles.desk.drafts import continue_url, read_sent
from articles.models import Article, Draft, Figure, Quote, RichText
from articles.publishing import drafts
from immunoportal import registry
from immunoportal.languages import text_in
from tests.articles.desk.steps import change_url, form_of
from tests.factories import (
    add_block,
    add_figure,
    logged_in,
    make_article,
    make_editor,
    make_image,
    publish,
    staff_with,
)
from tests.pages import links_of, page_of

pytestmark = pytest.mark.django_db

KEEP = "/admin/articles/article/drafts/keep/"
LIST = "/admin/articles/article/drafts/"
TEXT = "articles_richtext_set-0-text_it"


@pytest.fixture
def elena():
    return make_editor(first_name="Elena", last_name="Rossi")


@pytest.fixture
def desk(client, elena):
    """Elena's browser."""
    return logged_in(client, elena)


def sent(user, article=None, *, tab=None, number=1, continues=None, **changes) -> dict:
    """What a page sends to have its form kept."""
    form = form_of(article or Article(audience="public"), **changes)
    return {
        "user": user.pk,
        "article": article.pk if article else None,
        "tab": str(tab or uuid4()),
        "number": number,
        "continues": str(continues or ""),
        "fields": [[name, str(value)] for name, value in form.items()],
    }


def post(client, body):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(KEEP, data, content_type="application/json")


def kept(client, user, article=None, **fields) -> Draft:
    """A draft, as the page has it kept."""
    body = sent(user, article, **fields)
    assert post(client, body).status_code == 200
    return Draft.objects.get(tab=body["tab"])


def value_of(page, name: str) -> str:
    for field in page.all(name=name):
        # The first line break of a text field is none of its text.
        return field.attributes.get("value", field.text.removeprefix("\n"))
    raise AssertionError(name)


def offers(client, article=None) -> str:
    number = article.pk if article else ""
    return client.get(f"{LIST}offers/?article={number}").text


class TestKeeping:
    def test_leaves_the_article_as_it_is(self, desk, elena):
        article = make_article(title_it="Prima")

        draft = kept(desk, elena, article, title_it="Dopo", version=3)

        article.refresh_from_db()
        assert (text_in(article, "title", "it"), article.version) == ("Prima", 0)
        assert (draft.user, draft.article, draft.title, draft.version) == (
            elena, article, "Dopo", 3,
        )  # fmt: skip
        assert not article.events.exists()

    def test_writes_over_what_the_same_tab_has_sent_and_over_no_other(self, desk, elena):
        article, tab = make_article(), uuid4()
        kept(desk, elena, article, tab=tab, title_it="Uno")
        kept(desk, elena, article, title_it="Un’altra scheda")

        kept(desk, elena, article, tab=tab, number=2, title_it="Due")

        assert {draft.title for draft in Draft.objects.all()} == {"Due", "Un’altra scheda"}

    def test_takes_nothing_that_arrives_late(self, desk, elena):
        body = sent(elena, number=5, title_it="Cinque")
        post(desk, body)

        answer = post(desk, body | sent(elena, number=4, title_it="Quattro", tab=body["tab"]))

        # The page then knows that what it has is not here.
        assert answer.json() == {"number": 5, "is_here": False}
        assert Draft.objects.get().title == "Cinque"

    def test_moves_the_draft_that_is_continued_to_the_new_tab(self, desk, elena):
        first = kept(desk, elena, number=7, title_it="Uno")
        tab = uuid4()

        kept(desk, elena, tab=tab, continues=f"{first.tab}:7", title_it="Due")
        # A first tab that is still open goes on with a draft of its own.
        kept(desk, elena, tab=first.tab, number=8, title_it="Tre")
        kept(desk, elena, tab=tab, number=2, continues=f"{first.tab}:7", title_it="Quattro")

        assert {draft.title for draft in Draft.objects.all()} == {"Tre", "Quattro"}

    def test_leaves_a_continued_draft_whose_own_tab_has_gone_on(self, desk, elena):
        first = kept(desk, elena, number=7, title_it="Uno")
        kept(desk, elena, tab=first.tab, number=8, title_it="Uno e due")

        kept(desk, elena, continues=f"{first.tab}:7", title_it="Uno e tre")

        assert {draft.title for draft in Draft.objects.all()} == {"Uno e due", "Uno e tre"}

    def test_does_not_prolong_the_session(self, desk, elena):
        before = Session.objects.get()

        answer = post(desk, sent(elena, make_article()))

        assert "session" not in answer.cookies
        after = Session.objects.get()
        assert (after.session_key, after.expire_date, after.session_data) == (
            before.session_key, before.expire_date, before.session_data,
        )  # fmt: skip

    def test_is_refused_to_whoever_is_not_logged_in(self, elena):
        assert post(Client(), sent(elena)).status_code == 401
        assert Client().get(KEEP).status_code == 401
        assert not Draft.objects.exists()

    def test_is_refused_where_another_user_has_logged_in(self, desk, elena):
        answer = post(desk, sent(make_editor()))

        assert answer.status_code == 409
        assert not Draft.objects.exists()

    def test_asks_for_the_token_that_it_gives(self, elena):
        strict = logged_in(Client(enforce_csrf_checks=True), elena)

        refused = post(strict, sent(elena))
        token = strict.get(KEEP).json()
        strict.defaults["HTTP_X_CSRFTOKEN"] = token["token"]

        assert refused.status_code == 403
        assert token["user"] == elena.pk
        assert post(strict, sent(elena)).status_code == 200

    @pytest.mark.parametrize(
        ("permissions", "is_new", "status"),
        [
            (["view_article"], False, 403),
            (["change_article"], False, 200),
            (["change_article"], True, 403),
            (["add_article"], True, 200),
        ],
    )
    def test_needs_the_rights_of_the_form(self, client, permissions, is_new, status):
        user = staff_with(*permissions)

        answer = post(logged_in(client, user), sent(user, None if is_new else make_article()))

        assert answer.status_code == status
        assert Draft.objects.exists() is (status == 200)

    @pytest.mark.parametrize(
        "change",
        [
            {"tab": "none"},
            {"tab": 5},
            {"number": -1},
            {"number": True},
            {"number": 2**60},
            {"article": "1"},
            {"fields": {}},
            {"fields": [["name"]]},
            {"fields": [["name", 5]]},
            {"fields": [["name", "value"]] * 10_001},
            {"user": None},
            {"continues": 7},
        ],
    )
    def test_refuses_what_no_page_of_ours_sends(self, change):
        body = sent(Article(pk=7)) | change

        with pytest.raises(ValueError, match=r"."):
            read_sent(json.dumps(body).encode())

    @pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000, b"null"])
    def test_refuses_what_is_no_form(self, body):
        with pytest.raises(ValueError, match=r"."):
            read_sent(body)

    def test_answers_that_it_has_refused_it(self, desk):
        assert post(desk, "garbage").status_code == 400

    def test_says_that_a_form_is_too_long(self, desk, elena, settings):
        body = sent(elena, make_article())
        body["fields"].append([TEXT, "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE])

        assert post(desk, body).status_code == 413

    def test_takes_what_no_database_would_store(self, desk, elena):
        draft = kept(desk, elena, title_it="a\0b\ud800", version="²")

        assert (draft.title, draft.version) == ("ab?", 0)
        assert desk.get(continue_url(draft)).status_code == 200


class TestSaving:
    def test_empties_the_draft_and_what_arrives_late_stays_away(self, desk, elena):
        article, tab = make_article(), uuid4()
        draft = kept(desk, elena, article, tab=tab, number=3, title_it="Quasi")

        desk.post(
            change_url(article),
            form_of(article, title_it="Finito", _save="1", draft_tab=str(tab), draft_number="4"),
        )
        post(desk, sent(elena, article, tab=tab, number=4, title_it="Quasi finito"))

        draft.refresh_from_db()
        assert (draft.data, draft.title) == ("", "")
        assert "Finito" not in offers(desk, article)
        assert "You have a draft" not in offers(desk, article)

    def test_that_the_form_refuses_keeps_it(self, desk, elena):
        article, tab = make_article(), uuid4()
        kept(desk, elena, article, tab=tab, number=3)
        form = form_of(article, slug_it="no slug", _save="1", draft_tab=str(tab), draft_number="4")
        # A browser posts the rows from which new ones are made, too.
        form["articles_carecard_set-__prefix__-urgency"] = "non-urgent"

        page = page_of(desk.post(change_url(article), form))

        assert Draft.objects.open().exists()
        # The same tab goes on.
        assert value_of(page, "draft_tab") == str(tab)
        assert value_of(page, "draft_number") == "4"
        assert list(page.all(id="draft-state", data_unsaved=None))
        # Only texts are shown that have lost their place.
        assert not list(page.all("textarea", readonly=""))

    def test_of_a_continued_draft_empties_that_one(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article, title_it="Ripreso")
        page = page_of(desk.get(continue_url(draft)))
        names = ("draft_tab", "draft_number", "draft_continues")

        desk.post(
            change_url(article),
            form_of(article, _save="1") | {name: value_of(page, name) for name in names},
        )

        assert not Draft.objects.open().exists()

    def test_from_another_tab_leaves_it(self, desk, elena):
        article = make_article()
        kept(desk, elena, article)

        desk.post(
            change_url(article),
            form_of(article, _save="1", draft_tab=str(uuid4()), draft_number="1"),
        )

        assert Draft.objects.open().count() == 1

    def test_of_a_preview_leaves_it(self, desk, elena):
        article, tab = make_article(), uuid4()
        kept(desk, elena, article, tab=tab)
        form = form_of(article, _preview="it", draft_tab=str(tab), draft_number="2")

        assert desk.post(change_url(article), form).status_code == 200

        assert Draft.objects.open().exists()


class TestContinuing:
    def test_fills_the_form_and_saves_nothing(self, desk, elena):
        article = make_article(title_it="Prima")
        publish(article)
        draft = kept(
            desk,
            elena,
            article,
            title_it="Dopo",
            slug_it="not a slug",
            _note_it="Perché",
            **{TEXT: "<p>Parole mai salvate.</p>", "bylines-0-contributor": ""},
        )

        response = desk.get(continue_url(draft))

        page = page_of(response)
        assert value_of(page, "title_it") == "Dopo"
        assert value_of(page, TEXT) == "<p>Parole mai salvate.</p>"
        assert value_of(page, "_note_it") == "Perché"
        assert value_of(page, "draft_continues") == f"{draft.tab}:1"
        assert value_of(page, "draft_tab") != str(draft.tab)
        assert "This is your draft of" in response.text
        # Nothing was refused yet.
        assert 'class="error' not in response.text.split('id="article_form"')[1]
        article.refresh_from_db()
        assert text_in(article, "title", "it") == "Prima"

    def test_shows_a_conflict_when_it_is_saved(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article, title_it="Mio")
        desk.post(change_url(article), form_of(article, title_it="Altro", _save="1"))

        page = desk.get(continue_url(draft))
        form = form_of(article, title_it="Mio", _save="1") | {
            "version": value_of(page_of(page), "version"),
            "draft_version": "0",
        }
        answer = desk.post(f"{change_url(article)}?draft={draft.pk}", form)

        assert "The article has been saved since." in page.text
        assert "while you were working on it" in answer.text
        # The form is based on the other version now; a draft of it is not, before it is answered.
        assert value_of(page_of(answer), "version") == "1"
        assert value_of(page_of(answer), "draft_version") == "0"
        assert 'name="_asked" value="title_it"' in answer.text

    def test_brings_blocks_that_were_never_saved(self, desk, elena):
        article = make_article()
        draft = kept(
            desk,
            elena,
            article,
            **{
                "articles_quote_set-TOTAL_FORMS": 1,
                "articles_quote_set-0-text_it": "Mai salvata",
                "articles_quote_set-0-ordering": 20,
                "articles_quote_set-0-region": "main",
            },
        )

        page = page_of(desk.get(continue_url(draft)))

        assert value_of(page, "articles_quote_set-0-text_it") == "Mai salvata"
        assert not Quote.objects.exists()

    def test_makes_a_new_article_of_one_that_is_deleted(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article, title_it="Orfano", **{TEXT: "<p>Resta.</p>"})
        old_url = continue_url(draft)
        number = article.pk
        Article.objects.get(pk=number).delete()
        # A page that is still open types on.
        assert post(desk, sent(elena, article) | {"article": number}).status_code == 200

        draft.refresh_from_db()
        page = page_of(desk.get(continue_url(draft)))

        assert draft.article is None
        assert reverse("admin:articles_article_add") in continue_url(draft) != old_url
        assert "Orfano" in offers(desk)
        assert value_of(page, TEXT) == "<p>Resta.</p>"
        assert value_of(page, "articles_richtext_set-0-id") == ""

    def test_of_a_new_article_begins_in_its_form(self, desk, elena):
        draft = kept(desk, elena, title_it="Appena cominciato")

        page = page_of(desk.get(continue_url(draft)))

        assert value_of(page, "title_it") == "Appena cominciato"

    def test_leads_to_the_form_of_its_article(self, desk, elena):
        draft = kept(desk, elena, make_article())

        answer = desk.get(f"{change_url(make_article())}?draft={draft.pk}")

        assert answer["Location"] == continue_url(draft)

    @pytest.mark.parametrize("number", ["0", "²", ""])
    def test_of_what_is_not_there_says_so(self, desk, number):
        answer = desk.get(f"{change_url(make_article())}?draft={number}")

        assert answer.status_code == 200
        assert "That draft is not here any more" in answer.text

    def test_where_the_right_to_change_is_gone_leaves_the_draft(self, client):
        user = staff_with("change_article", "view_article")
        article = make_article()
        draft = kept(logged_in(client, user), user, article, title_it="Mio")
        user.user_permissions.set(user.user_permissions.filter(codename="view_article"))

        answer = client.get(continue_url(draft))

        assert "Your draft is still kept" in answer.text
        assert "draft-state" not in answer.text
        Article.objects.update(title_it="Segreto", lead_it="Segreto")
        page = page_of(client.get(f"{LIST}{draft.pk}/"))
        words = [text.text.strip() for text in page.all("textarea")]
        assert "Mio" in words
        assert "Un testo." in words
        assert "Segreto" not in page.one("main").words
        listed = page_of(client.get(LIST)).one("main")
        assert "Read what you typed" in links_of(listed)
        assert "Segreto" not in listed.words

    def test_from_before_a_change_of_the_form_loses_no_word(self, desk, elena):
        article = make_article()
        body = sent(elena, article)
        kind = "articles_quote_set-"
        body["fields"] = [field for field in body["fields"] if not field[0].startswith(kind)] + [
            ["articles_poem_set-TOTAL_FORMS", "1"],
            ["articles_poem_set-0-id", "7"],
            ["articles_poem_set-0-verses_it", "Senza posto."],
            ["articles_richtext_set-0-gloss", "Anche questo."],
            ["figures-TOTAL_FORMS", "many"],
        ]
        post(desk, body)
        draft = Draft.objects.get()

        page = page_of(desk.get(continue_url(draft)))
        differences = desk.get(f"{LIST}{draft.pk}/").text

        texts = {field["name"]: field.text for field in page.all("textarea", readonly="")}
        assert texts == {
            "articles_poem_set-0-verses_it": "Senza posto.",
            "articles_richtext_set-0-gloss": "Anche questo.",
        }
        assert value_of(page, f"{kind}TOTAL_FORMS") == "0"
        assert "Senza posto." in differences

    @pytest.mark.parametrize("total", ["x", "99999999999"])
    def test_of_garbage_is_never_a_server_error(self, desk, elena, total):
        article = make_article()
        add_figure(article)
        draft = kept(
            desk,
            elena,
            article,
            topic="²",
            audience="nobody",
            **{
                "articles_richtext_set-TOTAL_FORMS": total,
                "articles_figure_set-0-image": "99999999999999999999",
                "articles_figure_set-0-ordering": "first",
                "bylines-0-contributor": "x",
            },
        )

        page = page_of(desk.get(continue_url(draft)))

        assert value_of(page, "articles_richtext_set-TOTAL_FORMS") == "0"
        assert desk.get(f"{LIST}{draft.pk}/").status_code == 200


class TestDifferences:
    def test_are_shown_field_by_field_with_the_words_marked(self, desk, elena):
        article = make_article(title_it="La terapia", lead_en="In short.")
        add_figure(article, image=make_image(title="Prima"))
        add_block(article, Quote, text_it="Tolta", ordering=30)
        quote = Quote.objects.get()
        prefix = "articles_quote_set-0-"
        draft = kept(
            desk,
            elena,
            article,
            title_it="La cura",
            **{
                TEXT: "<p>Un testo <strong>nuovo</strong>.</p>",
                "articles_figure_set-0-image": make_image(title="Seconda").pk,
                "articles_quote_set-TOTAL_FORMS": 1,
                "articles_quote_set-INITIAL_FORMS": 1,
                f"{prefix}id": quote.pk,
                f"{prefix}text_it": "Tolta",
                f"{prefix}DELETE": "on",
                "articles_callout_set-TOTAL_FORMS": 1,
                "articles_callout_set-0-kind": "warning",
                "articles_callout_set-0-title_it": "Attenzione",
            },
        )

        page = page_of(desk.get(f"{LIST}{draft.pk}/"))

        told = {
            part.one("h2").words: [
                (
                    label.words,
                    [(mark.name, mark.text) for mark in words.all() if mark.name in MARKS],
                )
                for label, words in zip(part.all("h3"), part.all("p"), strict=True)
            ]
            for part in page.all("section", class_="draft-part")
        }
        assert told == {
            "The article itself changed": [
                ("Title in Italian", [("del", "terapia"), ("ins", "cura")])
            ],
            "Text changed": [("Text in Italian", [("ins", " nuovo")])],
            "Figure changed": [("Image", [("del", "Prima"), ("ins", "Seconda")])],
            "Quotation removed": [("Quotation in Italian", [("del", "Tolta")])],
            "Call-out new": [
                ("Kind", [("del", "Information"), ("ins", "Warning")]),
                ("Title in Italian", [("ins", "Attenzione")]),
            ],
        }  # fmt: skip

    def test_of_texts_that_are_too_unlike_show_both(self, desk, elena):
        article = make_article(lead_it=" ".join(f"a{number}" for number in range(1100)))
        other = " ".join(f"b{number}" for number in range(1100))
        draft = kept(desk, elena, article, lead_it=other)

        shown = page_of(desk.get(f"{LIST}{draft.pk}/")).one("main")

        assert [words.words[:2] for words in shown.all("del")] == ["a0"]
        assert [words.words[:2] for words in shown.all("ins")] == ["b0"]
        assert "to be marked word by word" in shown.words

    def test_show_only_the_paragraphs_with_their_places(self, desk, elena):
        text = "<p>Uno.</p><h2>Dosi</h2><p>Due mg.</p><p>Tre.</p>"
        article = make_article(text=False)
        add_block(article, RichText, text_it=text, text_en="")
        draft = kept(desk, elena, article, **{TEXT: text.replace("Due", "Quattro")})

        shown = page_of(desk.get(f"{LIST}{draft.pk}/")).one("section", class_="draft-part")

        assert [place.words for place in shown.all("h4")] == ["Under “Dosi”, paragraph 1"]
        assert [words.words for words in shown.all("p")] == ["DueQuattro mg."]

    def test_of_formatting_and_of_order_are_told(self, desk, elena):
        article = make_article()
        add_figure(article)
        draft = kept(
            desk,
            elena,
            article,
            **{TEXT: "<p>Un <em>testo</em>.</p>", "articles_figure_set-0-ordering": 5},
        )

        shown = page_of(desk.get(f"{LIST}{draft.pk}/")).one("main").words

        assert "only their formatting differs" in shown
        assert "Figure moved" in shown

    def test_may_be_none(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article)

        assert "the article says the same already" in desk.get(f"{LIST}{draft.pk}/").text
        assert RichText.objects.count() == 1
        assert not Figure.objects.exists()


MARKS = ("del", "ins")


class TestOffers:
    def test_are_of_one_article_and_of_other_tabs(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article)
        kept(desk, elena, make_article())
        kept(desk, elena, title_it="Nuovo")

        response = desk.get(f"{LIST}offers/?article={article.pk}&but=&but={uuid4()}")
        own = desk.get(f"{LIST}offers/?article={article.pk}&but={draft.tab}")

        links = links_of(page_of(response))
        assert links == {
            "Continue": continue_url(draft),
            "See what differs": f"{LIST}{draft.pk}/",
        }
        assert "Continue" not in own.text
        assert "Nuovo" in offers(desk)

    def test_never_show_what_somebody_else_has_typed(self, desk, elena, client):
        article = make_article()
        draft = kept(desk, elena, article, title_it="Segreto")
        orphan = kept(desk, elena, title_it="Segreto")
        other = logged_in(Client(), make_editor())

        pages = [
            *(other.get(path) for path in (LIST, f"{LIST}offers/?article={article.pk}")),
            other.get(f"{LIST}offers/?article="),
            other.get(continue_url(draft)),
            other.get(continue_url(orphan)),
            other.get(f"{LIST}{draft.pk}/"),
            other.post(f"{LIST}{draft.pk}/discard/"),
            other.post(f"{LIST}{draft.pk}/take-back/"),
        ]

        assert all("Segreto" not in page.text for page in pages)
        assert [page.status_code for page in pages[-3:]] == [404] * 3
        assert Draft.objects.open().count() == 2

    def test_can_be_discarded_and_taken_back(self, desk, elena):
        article = make_article()
        draft = kept(desk, elena, article, title_it="Via")

        answer = desk.post(f"{LIST}{draft.pk}/discard/", headers={"accept": "application/json"})
        gone = offers(desk, article)
        listed = desk.get(LIST)
        back = desk.post(f"{LIST}{draft.pk}/take-back/")

        assert answer.status_code == 204
        assert "Continue" not in gone
        assert "Take it back" in listed.text
        assert back["Location"] == LIST
        assert "Continue" in offers(desk, article)

    def test_are_listed_for_all_articles_one_click_from_these(self, desk, elena):
        article = make_article(title_it="Esistente")
        kept(desk, elena, article, title_it="Esistente, cambiato")
        kept(desk, elena, title_it="Mai salvato")
        kept(desk, elena, make_article(title_it="Come prima"))

        links = links_of(page_of(desk.get(reverse("admin:articles_article_changelist"))))
        shown = page_of(desk.get(links["Your drafts"])).one("main").words

        assert "Esistente, cambiato" in shown
        assert shown.count("Come prima") == 1
        assert "Mai salvato" in shown
        assert "Not an article yet" in shown

    def test_need_a_log_in(self, client):
        for path in ("", "offers/", "1/"):
            assert client.get(f"{LIST}{path}").status_code == 302


class TestKeptFor:
    def test_ninety_days_and_a_day_when_discarded(self, desk, elena):
        now = timezone.now()
        old, discarded, fresh = (kept(desk, elena, title_it=str(n)) for n in range(3))
        Draft.objects.filter(pk=old.pk).update(saved_at=now - timedelta(days=91))
        Draft.objects.filter(pk=discarded.pk).update(closed_at=now - timedelta(hours=25))
        Draft.objects.filter(pk=fresh.pk).update(saved_at=now - timedelta(days=89))

        assert drafts.delete_old() is True
        assert drafts.delete_old() is False

        assert Draft.objects.get() == fresh

    def test_as_long_as_its_account_is_there(self, desk, elena):
        kept(desk, elena, title_it="Mio")
        theirs = drafts.keep(make_editor(), uuid4(), 1, [("title_it", "Altrui")], article=None)
        # Of whoever has worked in the administration a row stays.
        elena.logentry_set.create(action_flag=1, object_repr="x")

        told = registry.personal_data_of(elena)["drafts"]
        erase(elena)

        assert ("title_it", "Mio") in told[0]["fields"]
        assert Draft.objects.get() == theirs


class TestLoggingOut:
    def test_has_the_browser_forget_its_copies(self, desk):
        kept_in_browser = desk.get(LIST)
        answer = desk.post(reverse("admin:logout"))

        assert "Clear-Site-Data" not in kept_in_browser
        assert answer["Clear-Site-Data"] == '"storage"'
