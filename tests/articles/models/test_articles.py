"""The working copy and its neighbours: states, names, constraints."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from articles.models import Article, Byline, Citation, Contributor, Source, Topic
from tests.factories import (
    add_figure,
    make_article,
    make_contributor,
    make_topic,
)

pytestmark = pytest.mark.django_db


class TestArticle:
    @pytest.mark.parametrize("language", ["it", "en"])
    def test_an_address_is_unique_in_its_language(self, language):
        make_article(**{f"slug_{language}": "melanoma"})

        with pytest.raises(IntegrityError), transaction.atomic():
            make_article(**{f"slug_{language}": "melanoma"})

    def test_the_same_address_may_serve_both_languages(self):
        make_article(slug_it="melanoma", slug_en="melanoma")
        make_article(slug_it="nivolumab")

        make_article(slug_en="nivolumab")

    def test_many_articles_may_have_no_address_yet(self):
        for _ in range(2):
            make_article(italian=False, english=False)

        assert Article.objects.filter(slug_it=None, slug_en=None).count() == 2

    @pytest.mark.parametrize(
        ("titles", "name"),
        [
            ({"title_it": "Titolo", "title_en": "Title"}, "Titolo"),
            ({"title_it": "", "title_en": "Title"}, "Title"),
        ],
    )
    def test_is_called_by_its_title_in_either_language(self, titles, name):
        assert str(make_article(**titles)) == name

    def test_has_a_name_before_it_has_a_title(self):
        assert str(Article())

    def test_no_language_stands_in_for_the_other(self):
        make_article(english=False, title_it="Solo italiano")

        with translation.override("en"):
            assert not Article.objects.get().title

    def test_the_alternative_text_of_the_umbrella_fits(self):
        figure = add_figure(make_article(), alternative_text_en="x" * 204)

        figure.full_clean()

    def test_nobody_has_the_same_role_twice(self):
        article = make_article()
        line = article.bylines.get()

        with pytest.raises(IntegrityError), transaction.atomic():
            Byline.objects.create(article=article, contributor=line.contributor, role="author")

        Byline.objects.create(article=article, contributor=line.contributor, role="reviewer")


class TestContributor:
    @pytest.mark.parametrize(
        ("italian", "english", "expected"),
        [
            ("Anna", "Ann", ("Anna", "Ann")),
            ("Anna", "", ("Anna", "Anna")),
            ("", "Ann", ("Ann", "Ann")),
            ("", "", ("", "")),
            (None, None, ("", "")),
        ],
    )
    def test_a_name_needs_no_translation(self, italian, english, expected):
        contributor = make_contributor(name_it=italian, name_en=english)

        assert (contributor.name_in("it"), contributor.name_in("en")) == expected

    def test_has_a_name_for_editors_before_it_has_any(self):
        assert str(Contributor())


class TestSource:
    def test_links_to_wherever_it_can_be_read(self):
        source = Source(citation="x", doi="10.1/x", pmid="12", url="https://example.org/paper")

        assert [link["url"] for link in source.links] == [
            "https://doi.org/10.1/x",
            "https://pubmed.ncbi.nlm.nih.gov/12/",
            "https://example.org/paper",
        ]
        assert Source(citation="x").links == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [("doi", "doi:10.1056/x"), ("doi", "10.1056"), ("pmid", "PMC12"), ("url", "javascript:x")],
    )
    def test_refuses_what_is_no_such_number(self, field, value):
        with pytest.raises(ValidationError) as refusal:
            Source(citation="x", **{field: value}).full_clean()

        assert list(refusal.value.message_dict) == [field]

    @pytest.mark.parametrize("field", ["doi", "pmid"])
    def test_a_source_is_kept_once(self, field):
        Source.objects.create(citation="a", **{field: "10.1056/1"[-9:]})

        with pytest.raises(IntegrityError), transaction.atomic():
            Source.objects.create(citation="b", **{field: "10.1056/1"[-9:]})

    def test_many_sources_may_have_no_number(self):
        for citation in ("a", "b"):
            Source.objects.create(citation=citation)

        assert Source.objects.count() == 2

    def test_is_cited_once_by_an_article(self):
        article = make_article()
        source = Source.objects.create(citation="a")
        Citation.objects.create(article=article, source=source)

        with pytest.raises(IntegrityError), transaction.atomic():
            Citation.objects.create(article=article, source=source)

    def test_its_name_for_editors_is_short(self):
        assert len(str(Source(citation="x" * 500))) < 100


class TestTopic:
    @pytest.mark.parametrize(
        ("fields", "language", "url"),
        [
            ({"slug_it": "cure", "slug_en": "care"}, "it", "/it/argomenti/cure/"),
            ({"slug_it": "cure", "slug_en": "care"}, "en", "/en/topics/care/"),
            ({"name_en": ""}, "en", None),
            ({"slug_en": None}, "en", None),
        ],
    )
    def test_has_a_page_in_a_language_once_it_has_a_name_there(self, fields, language, url):
        topic = make_topic(**fields)

        with translation.override(language):
            assert topic.get_absolute_url() == url

    @pytest.mark.parametrize("language", ["it", "en"])
    def test_an_address_is_unique_in_its_language(self, language):
        make_topic(**{f"slug_{language}": "cure"})

        with pytest.raises(IntegrityError), transaction.atomic():
            make_topic(**{f"slug_{language}": "cure"})

    def test_has_a_name_for_editors_before_it_has_any(self):
        assert str(Topic())
