"""What pages say of themselves to machines."""

import gzip
import json
import re
from types import SimpleNamespace

import pytest

from articles.models import Article, Byline, Hold, Home, Question, Severity
from articles.publishing import holds, verbs
from articles.reading import pages, structured_data
from contact.models import Publisher
from tests.factories import (
    add_block,
    add_figure,
    add_player,
    add_source,
    make_article,
    make_contributor,
    make_editor,
    make_image,
    make_recording,
    make_term,
    make_topic,
    marker,
    own_link,
    publish,
)
from tests.graphs import graph_of, has_graph, used_in
from tests.pages import page_of

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
PAGE = "/it/articoli/cura/"
ID = f"{SITE}{PAGE}#article"

# Each type with its properties, as schema.org has them for it or for a type above it.
VOCABULARY = {
    "AboutPage": (
        "author breadcrumb dateModified datePublished description headline inLanguage"
        " isAccessibleForFree isPartOf name publisher url version workTranslation"
    ),
    "Answer": "text",
    "AudioObject": "contentUrl description duration inLanguage isPartOf name transcript uploadDate",
    "BreadcrumbList": "itemListElement",
    "CollectionPage": "breadcrumb description inLanguage isPartOf mainEntity name url",
    "CorrectionComment": "datePublished text url",
    "CreativeWork": "name url",
    "DefinedTerm": "alternateName description inDefinedTermSet name sameAs url",
    "DefinedTermSet": "description hasDefinedTerm inLanguage name url",
    "EntryPoint": "urlTemplate",
    "FAQPage": "isPartOf mainEntity",
    "ImageObject": "caption creditText url",
    "ItemList": "itemListElement",
    "ListItem": "item name position url",
    "MedicalWebPage": (
        "about author breadcrumb citation correction dateModified datePublished description"
        " headline image inLanguage isAccessibleForFree isPartOf license medicalAudience name"
        " publisher timeRequired translationOfWork translator url version workTranslation"
    ),
    "Organization": (
        "address correctionsPolicy email name ownershipFundingInfo publishingPrinciples sameAs"
        " telephone url vatID"
    ),
    "Patient": "",
    "Person": "jobTitle name",
    "PostalAddress": "addressCountry addressLocality postalCode streetAddress",
    "Question": "acceptedAnswer name",
    "ScholarlyArticle": "identifier name sameAs",
    "SearchAction": "query-input target",
    "Thing": "name url",
    "VideoObject": (
        "contentUrl description duration inLanguage isPartOf name thumbnailUrl transcript"
        " uploadDate"
    ),
    "WebPage": "breadcrumb description inLanguage isPartOf mainEntity name url",
    "WebSite": "inLanguage name potentialAction publisher url",
}


@pytest.fixture
def article():
    """An article with all that its page can say something of."""
    topic = make_topic(name_it="Cure", slug_it="cure")
    article = make_article(
        title_it="La cura", title_en="Care", slug_it="cura", slug_en="care", topic=topic,
        author=False, description_it="Che cosa fa.",
    )  # fmt: skip
    people = {
        Byline.Role.AUTHOR: make_contributor(name_it="Anna Bianchi", qualification_it="Oncologa"),
        Byline.Role.REVIEWER: make_contributor(name_it="Ugo Rossi"),
        Byline.Role.TRANSLATOR: make_contributor(name_it="Redazione di ImmunOncologia.org"),
    }
    for role, contributor in people.items():
        Byline.objects.create(article=article, contributor=contributor, role=role)
    add_figure(article, caption_it="Al lavoro", image=make_image(credit_it="Foto: Verdi"))
    study = add_source(
        article, "Hodi FS. A study. 2010.", doi="10.1056/nejmoa1003466", pmid="20525"
    )
    add_source(article, "AIOM. Linee guida. 2024.", url="https://www.aiom.it/")
    answer = f"<p>{own_link(article, 'Chiamare')} <strong>subito</strong>.{marker(study)}</p>"
    add_block(
        article, Question, ordering=30, question_it="Che fare?", answer_it=answer,
        question_en="What to do?", answer_en="<p>Call.</p>",
    )  # fmt: skip
    add_player(article, ordering=40)
    add_player(article, ordering=50, recording=make_recording(kind="audio"))
    publish(article)
    Article.objects.filter(pk=article.pk).update(lead_it="Corretto.")
    publish(article, "it", severity=Severity.SUBSTANTIVE, notes={"it": "Il dato."})
    return article


class TestArticle:
    def test_says_what_its_page_shows(self, client, article):
        answer = client.get(PAGE)

        node = graph_of(answer)["MedicalWebPage"]
        edition, first = article.editions.in_language("it").order_by("-number")
        published, updated, corrected = (
            node["datePublished"],
            node["dateModified"],
            node["correction"],
        )
        assert (published[:10], updated[:10]) == (
            f"{first.valid_from:%F}",
            f"{edition.valid_from:%F}",
        )
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00", published)
        assert re.fullmatch(r"Correzione: Il dato\.", corrected[0]["text"])
        assert corrected[0]["url"] == f"{SITE}{PAGE}edizioni/1/modifiche/"
        assert node["image"]["url"] in {
            f"{SITE}{image['src']}" for image in page_of(answer).one("main").all("img")
        }
        assert node["image"]["creditText"] == "Foto: Verdi"
        expected = {
            "@id": ID,
            "url": f"{SITE}{PAGE}",
            "name": "La cura",
            "headline": "La cura",
            "description": "Che cosa fa.",
            "inLanguage": "it",
            "version": 2,
            "isAccessibleForFree": True,
            "medicalAudience": {"@type": "Patient"},
            "about": {"@type": "Thing", "name": "Cure", "url": f"{SITE}/it/argomenti/cure/"},
            "author": [{"@type": "Person", "name": "Anna Bianchi", "jobTitle": "Oncologa"}],
            "translator": [{"@type": "Organization", "name": "Redazione di ImmunOncologia.org"}],
            "publisher": {"@id": f"{SITE}/#publisher"},
            "isPartOf": {"@id": f"{SITE}/#website"},
            "breadcrumb": {"@id": f"{SITE}{PAGE}#breadcrumb"},
        }
        assert {name: node[name] for name in expected} == expected
        assert "Ugo Rossi" not in str(node)
        assert not {"lastReviewed", "reviewedBy", "license"} & set(node)

    def test_cites_its_sources_by_their_numbers(self, client, article):
        assert graph_of(client.get(PAGE))["MedicalWebPage"]["citation"] == [
            {
                "@type": "ScholarlyArticle",
                "name": "Hodi FS. A study. 2010.",
                "identifier": ["doi:10.1056/nejmoa1003466", "pmid:20525"],
                "sameAs": [
                    "https://doi.org/10.1056/nejmoa1003466",
                    "https://pubmed.ncbi.nlm.nih.gov/20525/",
                ],
            },
            {
                "@type": "CreativeWork",
                "name": "AIOM. Linee guida. 2024.",
                "url": "https://www.aiom.it/",
            },
        ]

    def test_names_its_translations_and_they_name_it(self, client, article):
        italian = graph_of(client.get(PAGE))["MedicalWebPage"]
        english = graph_of(client.get("/en/articles/care/"))["MedicalWebPage"]

        # Published at the same moment, so the first language of the site leads.
        (translation,), (original,) = italian["workTranslation"], english["translationOfWork"]
        assert (translation["@id"], translation["inLanguage"]) == (english["@id"], "en")
        assert (original["@id"], original["inLanguage"]) == (ID, "it")
        assert "translationOfWork" not in italian
        assert "workTranslation" not in english

    def test_was_first_in_the_language_that_was_published_first(self, client):
        article = make_article(slug_it="x", slug_en="y")
        publish(article, "en")
        publish(article, "it")

        node = graph_of(client.get("/it/articoli/x/"))["MedicalWebPage"]

        assert node["translationOfWork"][0]["@id"] == f"{SITE}/en/articles/y/#article"

    def test_leads_where_its_breadcrumb_does(self, client, article):
        answer = client.get(PAGE)

        shown = page_of(answer).one("nav", class_="breadcrumb").all("a")
        items = graph_of(answer)["BreadcrumbList"]["itemListElement"]
        assert [(item["position"], item["name"], item["item"]) for item in items] == [
            (number, link.words, f"{SITE}{link['href']}") for number, link in enumerate(shown, 1)
        ]

    def test_gives_the_answers_to_questions_in_plain_words(self, client, article):
        node = graph_of(client.get(PAGE))["FAQPage"]

        assert node["isPartOf"] == {"@id": ID}
        assert node["mainEntity"] == [
            {
                "@type": "Question",
                "name": "Che fare?",
                "acceptedAnswer": {"@type": "Answer", "text": "Chiamare subito."},
            }
        ]

    def test_describes_its_recordings(self, client, article):
        answer = client.get(PAGE)
        nodes, main = graph_of(answer), page_of(answer).one("main")

        video, audio = nodes["VideoObject"], nodes["AudioObject"]
        assert video["contentUrl"] == SITE + main.one("video")["src"]
        assert video["thumbnailUrl"] == SITE + main.one("video")["poster"]
        assert audio["contentUrl"] == SITE + main.one("audio")["src"]
        assert (video["name"], video["duration"], video["inLanguage"]) == (
            "Le cellule T",
            "PT2S",
            "it",
        )
        assert video["transcript"] == audio["transcript"] == "What is said (it)"
        assert video["uploadDate"][-6:] in ("+01:00", "+02:00")
        assert "thumbnailUrl" not in audio

    def test_says_nothing_of_a_video_without_its_poster(self, client):
        article = make_article(slug_it="cura")
        player = add_player(article)
        publish(article, "it")
        assert player.poster is not None
        player.poster.renditions.update(made_at=None)

        assert "VideoObject" not in graph_of(client.get(PAGE))

    def test_is_ended_by_no_title(self, client):
        hostile = "</script><script>alert(1)</script> & \u2028“<!--”"
        article = make_article(slug_it="cura", title_it=hostile, topic=make_topic(name_it=hostile))
        publish(article, "it")

        answer = client.get(PAGE)

        nodes = graph_of(answer)
        assert nodes["MedicalWebPage"]["name"] == hostile
        assert nodes["MedicalWebPage"]["about"]["name"] == hostile
        assert answer.content.count(b"<script") == answer.content.count(b"</script>")
        assert b"<script>alert" not in answer.content

    @pytest.mark.django_db(transaction=True)  # so that what was made is kept
    def test_follows_what_it_shows_of_other_rows(self, client, article):
        first = graph_of(client.get(PAGE))["MedicalWebPage"]
        article.topic.name_it = "Terapie"
        article.topic.save()
        renamed = graph_of(client.get(PAGE))["MedicalWebPage"]
        verbs.withdraw(article, "en", by=make_editor())
        alone = graph_of(client.get(PAGE))["MedicalWebPage"]

        assert (first["about"]["name"], renamed["about"]["name"]) == ("Cure", "Terapie")
        assert ("workTranslation" in renamed, "workTranslation" in alone) == (True, False)

    def test_names_the_licence_where_the_publisher_gives_one(self, monkeypatch):
        (edition,) = publish(make_article(), "it")
        page = pages.article_page(edition, {"it": edition})
        terms = "https://example.org/licence?a=1&b=2"

        publisher = SimpleNamespace(licence_name="CC BY 4.0", licence_url=terms)
        monkeypatch.setattr(Publisher, "get", lambda: publisher)
        said = structured_data.of_article(page, {"it": edition})

        assert json.loads(f"[{said}]")[0]["license"] == terms

    def test_costs_few_bytes(self, client, article):
        answer = client.get(PAGE).content
        graph = re.compile(rb'<script type="application/ld\+json">.*?</script>', re.DOTALL)

        more = len(gzip.compress(answer)) - len(gzip.compress(graph.sub(b"", answer)))

        assert 0 < more < 1_500


class TestSitePage:
    def test_is_no_page_of_medicine_and_the_publisher_leads_to_it(self, client):
        for key, slug in (("about", "noi"), ("funding", "fondi")):
            publish(make_article(site_page=key, slug_it=slug, slug_en=f"{slug}-en"))

        about = graph_of(client.get("/it/informazioni/noi/"))
        answer = client.get("/it/informazioni/fondi/")

        nodes = graph_of(answer)
        shown = page_of(answer).one("nav", class_="breadcrumb").all("a")
        way = [f"{SITE}{link['href']}" for link in shown]
        assert not {"medicalAudience", "timeRequired", "about"} & set(nodes["WebPage"])
        assert nodes["WebPage"]["workTranslation"][0]["@type"] == "WebPage"
        assert [item["item"] for item in nodes["BreadcrumbList"]["itemListElement"]] == way
        assert about["AboutPage"]["@id"] == f"{SITE}/it/informazioni/noi/#article"
        assert nodes["Organization"]["ownershipFundingInfo"] == (f"{SITE}/it/informazioni/fondi/")


class TestSilence:
    def test_is_kept_by_what_is_not_for_everyone_or_not_of_now(self, client, article, settings):
        editor = make_editor()
        client.force_login(editor)
        shown = {
            "live": PAGE,
            "past": f"{PAGE}edizioni/1/",
            "changes": f"{PAGE}edizioni/1/modifiche/",
        }
        answers = {name: client.get(path) for name, path in shown.items()}
        publish(make_article(slug_it="riservato", audience="professional"), "it")
        answers["reserved"] = client.get("/it/articoli/riservato/")
        answers["list of reserved"] = client.get("/it/professionisti/")
        holds.mark_outdated(article, "it", "Vecchio.", by=editor)
        answers["outdated"] = client.get(PAGE)
        holds.end_outdated(article, "it", by=editor)
        holds.hold(article, {"it": "Un errore."}, by=editor, kind=Hold.Kind.WITHHELD)
        answers["withheld"] = client.get(PAGE)

        said = {
            name: (has_graph(each), b"og:title" in each.content) for name, each in answers.items()
        }

        assert {each.status_code for each in answers.values()} == {200}
        assert said.pop("live") == (True, True)
        assert set(said.values()) == {(False, False)}


class TestLists:
    def test_name_their_articles_in_order(self, client, article):
        publish(make_article(title_it="Un’altra", slug_it="altra", topic=article.topic), "it")

        for path in ("/it/articoli/", "/it/argomenti/cure/"):
            answer = client.get(path)
            node = graph_of(answer)["CollectionPage"]
            items = node["mainEntity"]["itemListElement"]
            assert node["url"] == SITE + path
            assert [(item["position"], item["name"], item["url"]) for item in items] == [
                (1, "Un’altra", f"{SITE}/it/articoli/altra/"),
                (2, "La cura", f"{SITE}{PAGE}"),
            ]

    def test_go_on_counting_on_their_next_page(self, client, monkeypatch):
        monkeypatch.setattr("articles.reading.pages.PER_PAGE", 1)
        for _ in range(2):
            publish(make_article(), "it")

        node = graph_of(client.get("/it/articoli/?page=2"))["CollectionPage"]

        assert node["url"] == f"{SITE}/it/articoli/?page=2"
        assert [item["position"] for item in node["mainEntity"]["itemListElement"]] == [2]

    def test_that_are_empty_list_nothing(self, client):
        assert "mainEntity" not in graph_of(client.get("/it/articoli/"))["CollectionPage"]

    def test_of_topics_leads_to_each(self, client, article):
        (item,) = graph_of(client.get("/it/argomenti/"))["CollectionPage"]["mainEntity"][
            "itemListElement"
        ]

        assert (item["name"], item["url"]) == ("Cure", f"{SITE}/it/argomenti/cure/")

    def test_leave_out_what_is_withheld(self, client, article):
        holds.hold(article, {"it": "Un errore."}, by=make_editor(), kind=Hold.Kind.WITHHELD)

        assert "mainEntity" not in graph_of(client.get("/it/articoli/"))["CollectionPage"]


class TestGlossary:
    def test_describes_a_term_as_its_page_does(self, client):
        make_term(aliases_it="coliti\nC. acuta", term_en="colitis", definition_en="It hurts.")

        nodes = graph_of(client.get("/it/glossario/colite/"))

        term = f"{SITE}/it/glossario/colite/#term"
        assert nodes["DefinedTerm"] == {
            "@type": "DefinedTerm",
            "@id": term,
            "url": f"{SITE}/it/glossario/colite/",
            "name": "colite",
            "alternateName": ["coliti", "C. acuta"],
            "description": "Un’infiammazione dell’intestino.",
            "inDefinedTermSet": {"@id": f"{SITE}/it/glossario/#terms"},
            "sameAs": [f"{SITE}/en/glossary/colitis/#term"],
        }
        assert nodes["WebPage"]["mainEntity"] == {"@id": term}
        way = nodes["BreadcrumbList"]["itemListElement"]
        assert [step["name"] for step in way] == ["Pagina iniziale", "Glossario"]

    def test_names_its_terms_unless_they_are_very_many(self, client, monkeypatch):
        make_term()

        nodes = graph_of(client.get("/it/glossario/"))
        monkeypatch.setattr("articles.reading.glossary_pages.MOST_EXPLAINED", 0)
        of_many = graph_of(client.get("/it/glossario/"))

        (term,) = nodes["DefinedTermSet"]["hasDefinedTerm"]
        assert term["url"] == f"{SITE}/it/glossario/colite/"
        assert nodes["CollectionPage"]["mainEntity"] == {"@id": nodes["DefinedTermSet"]["@id"]}
        assert "hasDefinedTerm" not in of_many["DefinedTermSet"]

    def test_is_shown_where_its_address_is_shared(self, client):
        make_term()

        page = page_of(client.get("/it/glossario/colite/"))

        said = {tag["property"]: tag["content"] for tag in page.all("meta", property=None)}
        assert said["og:title"] == "colite – Glossario"
        assert said["og:description"] == "Un’infiammazione dell’intestino."
        assert said["og:url"] == f"{SITE}/it/glossario/colite/"


class TestVocabulary:
    def test_is_that_of_schema_org(self, client, article):
        publish(make_article(site_page="about", slug_it="noi"), "it")
        Home.objects.create(introduction_it="Per chi si cura.")
        make_term(aliases_it="coliti", term_en="colitis", definition_en="It hurts.")
        paths = [
            "/it/",
            "/it/articoli/",
            "/it/argomenti/",
            "/it/argomenti/cure/",
            PAGE,
            "/it/informazioni/noi/",
            "/it/glossario/",
            "/it/glossario/colite/",
            "/en/articles/care/",
        ]

        used = {pair for path in paths for pair in used_in(client.get(path))}

        known = {(type, name) for type, names in VOCABULARY.items() for name in names.split()}
        # An id stands for what is described elsewhere, and has no type of its own there.
        assert used <= known
        assert {type for type, _name in used} > {
            "MedicalWebPage",
            "FAQPage",
            "VideoObject",
            "WebPage",
        }


class TestShortened:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("breve", "breve"),
            ("una frase lunga", "una frase…"),
            ("una parolona", "una…"),
            ("parolalunghissima", "parolalun…"),
        ],
    )
    def test_cuts_between_words_where_it_can(self, text, expected):
        assert structured_data.shortened(text, 10) == expected

    def test_leaves_what_just_fits(self):
        assert structured_data.shortened("dieci dieci", 11) == "dieci dieci"


@pytest.mark.parametrize(
    ("milliseconds", "said"), [(10, "PT1S"), (59_600, "PT1M0S"), (3_725_000, "PT62M5S")]
)
def test_a_duration_is_in_the_form_of_iso_8601(milliseconds, said):
    assert structured_data.duration(milliseconds) == said
