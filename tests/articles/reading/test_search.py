"""The search: what is found, in which order, and what is never found."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from articles import launch_content
from articles.models import (
    Article,
    Edition,
    Hold,
    Question,
    SearchEntry,
    SearchInVain,
    SearchWord,
    Term,
    searches_in_vain,
)
from articles.publishing import holds, search_index, verbs
from articles.reading.search import PER_PAGE, search, suggestions
from immunoportal.publication.public_pages import TERMS, Terms
from tests.articles.reading.search_queries import ARTICLES, LAUNCH, QUERIES
from tests.factories import (
    add_block,
    add_source,
    logged_in,
    make_article,
    make_contributor,
    make_edition,
    make_editor,
    make_term,
    make_topic,
    publish,
    staff_with,
)
from tests.pages import alternates_of, page_of

pytestmark = pytest.mark.django_db


def titles(asked: str, language="it", **narrowed) -> list[str]:
    """The titles of the first page of what is found."""
    return [row.edition.title for row in search(asked, language, **narrowed).rows]


def live(number=0, *, text="Un testo.", **fields) -> Edition:
    """A live Italian edition, the fresher the larger its number."""
    article = make_article(text=False, english=False, author=False, **fields)
    block = article.articles_richtext_set.create
    block(region="main", ordering=10, text_it=f"<p>{text}</p>", text_en="")
    at = timezone.now() - timedelta(days=100 - number)
    return make_edition(article, valid_from=at, first_published_at=at)


class TestTheTable:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def names(cls, shared_rows, small_launch):  # noqa: ARG003
        """The names of the articles by their slugs."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(launch_content, "DIRECTORY", small_launch)
            launch_content.load(by=make_editor())
        author = make_contributor(name_it="Anna Bianchi")
        for name, both in ARTICLES.items():
            texts = {
                f"{field}_{language}": text
                for language, said in zip(("it", "en"), both, strict=True)
                for field, text in zip(("title", "lead", "text"), said, strict=True)
            }
            article = make_article(
                text=False, author=False, slug_it=f"{name}-it", slug_en=f"{name}-en",
                **{field: text for field, text in texts.items() if not field.startswith("text")},
            )  # fmt: skip
            article.bylines.create(contributor=author)
            article.articles_richtext_set.create(
                region="main", ordering=10, text_it=texts["text_it"], text_en=texts["text_en"]
            )
            for language in ("it", "en"):
                make_edition(article, language)
        search_index.tidy()
        slugs = {f"{name}-{language}": name for name in ARTICLES for language in ("it", "en")}
        return slugs | dict.fromkeys(launch_content.SLUGS.values(), LAUNCH)

    @pytest.mark.parametrize("language", QUERIES)
    def test_is_answered_with_what_is_expected_first(self, names, language):
        found = {}
        for asked in QUERIES[language]:
            rows = search(asked, language).rows
            found[asked] = names[rows[0].edition.slug] if rows else ""

        assert found == QUERIES[language]


class TestWhatIsFound:
    def test_stands_in_every_part_of_a_page(self):
        article = make_article(title_it="Titolo", english=False)
        add_block(
            article, Question, question_it="Posso viaggiare?", answer_it="<p>Quasi ovunque.</p>"
        )
        add_source(article, "Rossi F. Uno studio sul prurito. 2019.")
        article.bylines.create(contributor=make_contributor(name_it="Ilaria Verdi"), ordering=5)
        make_edition(article)

        for asked in (
            "titolo",
            "breve",
            "testo",
            "viaggiare",
            "ovunque",
            "prurito",
            "ilaria verdi",
        ):
            assert titles(asked) == ["Titolo"], asked
        (row,) = search("prurito", "it").rows
        assert row.excerpt == "Rossi F. Uno studio sul <mark>prurito</mark>. 2019."

    def test_comes_by_where_it_stands_and_then_by_its_age(self):
        live(9, title_it="Altro", text="La tosse.")
        live(8, title_it="Nel testo", text="Tosse, tosse, tosse e ancora tosse.")
        live(7, title_it="Nei titoli", text="</p><h2>La tosse</h2><p>Un testo.")
        live(6, title_it="In breve", lead_it="La tosse.")
        live(1, title_it="Dura ancora la tosse")
        live(2, title_it="Curare la tosse")
        live(5, title_it="La tosse secca")
        live(0, title_it="La tosse: che cosa fare")

        assert titles("tosse") == [
            "La tosse: che cosa fare",
            "La tosse secca",
            "Curare la tosse",
            "Dura ancora la tosse",
            "In breve",
            "Nel testo",
            "Nei titoli",
            "Altro",
        ]
        assert titles("Cos'è la tosse?") == titles("tosse")

    def test_takes_no_single_letter_for_the_number_of_a_name(self):
        live(title_it="Asma, crisi e febbre", text="Dopo la tosse, con la PD-1.")

        for asked in ("tosse e febbre", "crisi d'asma", "crisi d’asma", "tosse's", "pd 1"):
            assert titles(asked) == ["Asma, crisi e febbre"], asked
        assert titles("pd 2") == []

    def test_shows_the_place_and_escapes_it(self):
        live(
            title_it="<b> & tosse",
            text="Prima. " * 60 + "Qui 2 &lt; 3 per la tosse. " + "poi " * 90,
        )

        (row,) = search("tosse", "it").rows

        assert row.title == "&lt;b&gt; &amp; <mark>tosse</mark>"
        assert "Qui 2 &lt; 3 per la <mark>tosse</mark>. poi" in row.excerpt
        assert row.excerpt.startswith("… ")
        assert row.excerpt.endswith(" …")

    def test_is_narrowed_down_by_topic_and_kind(self, client):
        topic = make_topic(slug_it="polmone")
        one = make_article(title_it="Tosse una", english=False, topic=topic)
        add_block(one, Question, question_it="Perché?", answer_it="<p>Perché sì.</p>")
        make_edition(one)
        live(title_it="Tosse due")

        assert (
            titles("tosse", topic="polmone") == titles("tosse", kind="questions") == ["Tosse una"]
        )
        assert len(titles("tosse", topic="manca", kind="altro")) == 2
        assert titles("tosse", kind="files") == []
        empty = page_of(client.get("/it/cerca/?q=tosse&kind=files"))
        assert empty.one("a", href="?q=tosse")
        assert not SearchInVain.objects.exists()

    def test_follows_the_glossary_at_once(self):
        live(title_it="La chemioterapia")
        assert titles("chemio") == []

        Term.objects.create(term_it="chemioterapia", aliases_it="chemio", term_en="chemotherapy")

        assert titles("chemio") == titles("chemotherapy") == ["La chemioterapia"]


class TestWhatIsNotFound:
    def test_is_what_nobody_may_read_now(self):
        now = timezone.now()
        article = make_article(title_it="Domani", english=False)
        make_edition(article, valid_from=now + timedelta(hours=1))
        make_edition(
            make_article(title_it="Fino a stasera", english=False),
            valid_until=now + timedelta(hours=1),
        )
        make_edition(make_article(title_it="Riservato", english=False, audience="professional"))
        assert titles("breve") == ["Fino a stasera"]
        assert [each.text for each in suggestions("dom", "it")] == []

        with time_machine.travel(now + timedelta(hours=1), tick=False):
            assert titles("breve") == ["Domani"]

    def test_is_what_search_engines_may_not_show(self):
        article = make_article(title_it="Tenuto", english=False)
        publish(article, "it")
        outdated = make_article(title_it="Superato", english=False)
        publish(outdated, "it")
        editor = make_editor()
        holds.hold(article, {"it": "Attenzione."}, by=editor, kind=Hold.Kind.NOTICE)
        (row,) = [row for row in search("breve", "it").rows if row.edition.title == "Tenuto"]
        assert row.edition.held.notices[0][1] == "Attenzione."

        holds.hold(article, {"it": "Attenzione."}, by=editor, kind=Hold.Kind.WITHHELD)
        holds.mark_outdated(outdated, "it", sentence="È superato.", by=editor)

        assert titles("breve") == []


class TestTheIndex:
    def test_follows_the_verbs(self):
        article = make_article(title_it="Prima", title_en="Before")
        publish(article)
        Article.objects.filter(pk=article.pk).update(title_it="Dopo")
        publish(article, "it")

        assert titles("prima") == []
        assert titles("dopo") == ["Dopo"]

        verbs.withdraw(article, "en", by=make_editor())

        assert titles("before", "en") == []
        assert search_index.tidy() is True
        assert search_index.tidy() is False
        assert SearchEntry.objects.count() == 1
        assert titles("dopo") == ["Dopo"]

    def test_is_not_written_where_the_publication_is_not(self, monkeypatch):
        article = make_article(title_it="Prima", english=False)

        def fail():
            raise RuntimeError

        monkeypatch.setattr(verbs.clock, "advance", fail)
        with pytest.raises(RuntimeError):
            publish(article, "it")

        assert titles("prima") == []

    def test_is_made_anew_batch_by_batch_with_nothing_missing_meanwhile(self, monkeypatch):
        monkeypatch.setattr(search_index, "BATCH", 2)
        editions = [live(number, title_it=f"Tosse {number}") for number in range(5)]
        SearchEntry.objects.filter(edition=editions[3]).delete()
        monkeypatch.setattr(search_index, "RULES", 99)
        found = []

        for _done in search_index.rebuild():
            found.append(len(titles("tosse")))
            if len(found) == 1:
                late = live(9, title_it="Tosse dopo")
                verbs.withdraw(editions[0].article, "it", by=make_editor())

        search_index.tidy()
        assert min(found) >= 4
        assert titles("tosse") == [
            "Tosse dopo", "Tosse 4", "Tosse 3", "Tosse 2", "Tosse 1",
        ]  # fmt: skip
        assert set(SearchEntry.objects.values_list("rules", flat=True)) == {99}
        assert late.search_entry

    def test_offers_only_words_that_everyone_may_read(self):
        now = timezone.now()
        make_edition(
            make_article(title_it="Riservatissimo", english=False, audience="professional")
        )
        tomorrow = now + timedelta(days=1)
        make_edition(make_article(title_it="Domattina", english=False), valid_from=tomorrow)
        wrong = make_article(title_it="Imunoterapia", english=False)
        publish(wrong, "it")
        search_index.tidy()

        def words():
            return set(SearchWord.objects.filter(editions__gt=0).values_list("word", flat=True))

        assert words() & {"riservatissimo", "domattina", "imunoterapia"} == {"imunoterapia"}

        Article.objects.filter(pk=wrong.pk).update(title_it="Immunoterapia")
        publish(wrong, "it")
        assert titles("imunoterapia") == []
        search_index.tidy()
        assert titles("imunoterapia") == ["Immunoterapia"]

        with time_machine.travel(tomorrow, tick=False):
            search_index.tidy()
            assert "domattina" in words()
        for _done in search_index.rebuild():
            pass
        assert words() & {"riservatissimo", "domattina", "testo"} == {"testo"}

    def test_is_completed_by_setup(self, capsys):
        live(title_it="Tosse")
        SearchEntry.objects.all().delete()
        SearchWord.objects.all().delete()
        assert titles("tosse") == []

        call_command("rebuild_search", missing=True)
        search_index.tidy()

        assert titles("tosse") == titles("tose") == ["Tosse"]
        assert "1 pages anew" in capsys.readouterr().out


class TestThePage:
    def test_is_the_same_for_everyone_and_stored_for_nobody(self, client):
        live(title_it="Tosse")
        start = client.get("/it/cerca/")
        response = client.get("/it/cerca/?q=tosse")

        page = page_of(response)
        assert "1 pagina" in page.words
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert "robots" not in start.text
        assert set(alternates_of(page_of(start))) == {"it", "en", "x-default"}
        assert page.one("a", class_="language")["href"] == "/en/search/?q=tosse"
        assert not response.cookies
        assert response.headers["Cache-Control"] == "public, no-cache"
        for address, stored in (("/it/cerca/", True), ("/it/cerca/?q=tosse", False)):
            terms = Terms()
            client.get(address, **{TERMS: terms})
            assert (terms.moment is not None) is stored

    def test_has_pages(self, client):
        for number in range(PER_PAGE + 1):
            live(number, title_it=f"Tosse {number}")

        first = page_of(client.get("/it/cerca/?q=tosse&page=-1"))
        last = page_of(client.get("/it/cerca/?q=tosse&page=99999999999999999999"))

        assert first.one("a", rel="next")["href"] == "?q=tosse&page=2"
        assert [row.words for row in last.one("ol", class_="results").all("h3")] == ["Tosse 0"]
        assert last.one("a", rel="prev")["href"] == "?q=tosse"

    def test_mends_what_is_mistyped_and_says_so(self, client):
        live(title_it="Immunità e febbre", text="La febbre alta.")
        search_index.tidy()

        mended = page_of(client.get("/it/cerca/?q=immunta+FEBRE"))
        some = page_of(client.get("/it/cerca/?q=febbre+xyzxyz"))
        none = page_of(client.get("/it/cerca/?q=xyzxyz"))

        assert mended.one("a", href="?q=immunit%C3%A0+febbre").words == "immunità febbre"
        assert "Immunità e febbre" in mended.words
        assert "Nessuna pagina contiene per intero «febbre xyzxyz»." in some.words
        assert "Immunità e febbre" in some.words
        assert "Non abbiamo trovato nulla per «xyzxyz»" in none.words
        assert "/it/contatti/" in [link["href"] for link in none.one("main").all("a")]

    @pytest.mark.parametrize(
        "asked",
        [
            "%", "'", '"', '"tosse', "NEAR(tosse", "*", "tosse*", "-tosse", "^tosse", "a OR", "AND",
            "title:tosse", "tosse' OR '1'='1", "tosse | & ! <-> :*", "\\", "😀", "\u202etosse",
            "a\u0301\u0327", "tosse " * 1_700, "x" * 10_000, "a b c d e f g h i j k l m n o p",
            "1 2 3", "__tosse", "_questions", "ﷺ", "日本語", "\ud800",
        ],
    )  # fmt: skip
    def test_answers_whatever_is_asked(self, client, asked):
        live(title_it="Tosse")

        response = client.get("/it/cerca/", {"q": asked.encode("utf-8", "replace")})

        assert response.status_code == 200
        assert (
            client.get(
                "/it/cerca/suggerimenti/", {"q": asked[:300].encode("utf-8", "replace")}
            ).status_code
            == 200
        )

    def test_explains_a_term_before_all_else(self, client):
        make_term("colite", aliases_it="infiammazione dell’intestino\nPD-1")
        make_term("febbre", definition="")
        live(title_it="La febbre e la colite")

        for asked in ("colite", "le coliti", "Infiammazione dell'intestino", "pd1", "PD 1"):
            page = page_of(client.get("/it/cerca/", {"q": asked}))
            box = page.one("section", class_="search-term")
            assert box.one("a", href="/it/glossario/colite/").words == "colite", asked
            assert "Un’infiammazione dell’intestino." in box.words

        for other in ("febbre", "colite febbre"):
            assert "search-term" not in client.get("/it/cerca/", {"q": other}).text, other

    def test_explains_a_term_that_no_page_has(self, client):
        make_term()

        page = page_of(client.get("/it/cerca/?q=colite"))

        assert page.one("section", class_="search-term")
        assert "Nessuna pagina contiene «colite»." in page.words
        assert "nulla" not in page.one("main").words

    def test_says_what_was_not_looked_for(self, client):
        assert "solo le prime parole" in client.get("/it/cerca/", {"q": "tosse febbre " * 99}).text
        assert "nessuna parola" in client.get("/it/cerca/", {"q": "%"}).text
        assert client.get("/it/cerca/?q[]=a").headers["Location"] == "/it/cerca/"
        assert client.get("/it/cerca/?q=%20&page=2").headers["Location"] == "/it/cerca/"

    def test_is_offered_by_every_page_and_to_browsers(self, client):
        page = page_of(client.get("/it/manca/"))

        forms = list(page.all("form", class_="site-search"))
        assert [form["action"] for form in forms] == ["/it/cerca/"] * 2
        # Two landmarks of one name would be one too many, and the page has a form of its own.
        assert [form["action"] for form in page.all("form", role="search")] == ["/it/cerca/"]
        assert not list(page_of(client.get("/it/cerca/")).all("form", class_="site-search"))
        (link,) = page.all("link", rel="search")
        description = client.get(link["href"])
        assert description.headers["Content-Type"].startswith(
            "application/opensearchdescription+xml"
        )
        assert 'template="http://testserver/it/cerca/?q={searchTerms}"' in description.text.replace(
            "http://127.0.0.1:8000", "http://testserver"
        )

    def test_suggests_names_and_titles(self, client):
        live(title_it="Le immunoterapie, oggi")
        make_term("immunoterapia", aliases_it="immunoterapico\nterapia immunitaria")
        # Nobody has explained it yet.
        make_term("immunoterapista", definition="")

        found = json.loads(client.get("/it/cerca/suggerimenti/?q=Immunoterap").content)

        assert [each["text"] for each in found["suggestions"]] == [
            "immunoterapia", "Le immunoterapie, oggi",
        ]  # fmt: skip
        assert found["suggestions"][0]["url"] == "/it/glossario/immunoterapia/"
        (alias,) = suggestions("terapia immu", "it")
        assert (alias.text, alias.url) == ("terapia immunitaria", "/it/glossario/immunoterapia/")
        assert suggestions("im", "it") == []


class TestSearchesInVain:
    def test_are_seen_once_asked_on_three_days(self, client):
        admin = logged_in(client, staff_with("view_searchinvain"))
        start = datetime(2026, 11, 1, 12, tzinfo=UTC)
        for day, words in enumerate(["Viaggi lontani", "viaggi, LONTANI", "viaggi lontani"]):
            with time_machine.travel(start + timedelta(days=day), tick=False):
                search(words, "it")
                search("mario rossi", "it") if day else None
                search("anna@example.org", "it")
                search("333 1234567 viaggi", "it")

        page = page_of(admin.get("/admin/articles/searchinvain/"))

        assert SearchInVain.objects.count() == 2
        assert "viaggi lontani" in page.words
        assert "mario" not in page.words

    def test_are_bounded_and_deleted(self, monkeypatch):
        monkeypatch.setattr(searches_in_vain, "MOST_NEW", 1)
        for words in ("uno", "due", "uno"):
            searches_in_vain.note(words, "it")

        assert list(SearchInVain.objects.values_list("words", "times")) == [("uno", 2)]

        assert searches_in_vain.delete_old() is False
        SearchInVain.objects.update(last_on=timezone.localdate() - timedelta(days=91))
        assert searches_in_vain.delete_old() is True

    def test_never_fail_a_page(self, client, monkeypatch):
        monkeypatch.setattr(SearchInVain._meta, "db_table", "gone")

        assert client.get("/it/cerca/?q=xyzxyz").status_code == 200
