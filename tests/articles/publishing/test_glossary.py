"""Which terms stand in which editions, as the worker notes it."""

import pytest

from articles.models import Article, Edition, RichText, Term, TermMention
from articles.publishing import glossary
from articles.publishing.verbs import withdraw
from immunoportal.languages import text_in
from immunoportal.publication.models import PublicationClock
from tests.factories import change_term, make_article, make_editor, make_term, publish

pytestmark = pytest.mark.django_db


def note_all() -> int:
    """Have the worker do all that there is; how many steps it took."""
    steps = 0
    while glossary.note_next():
        steps += 1
    return steps


def noted() -> set[tuple[str, str, int]]:
    rows = TermMention.objects.select_related("term", "edition")
    return {(text_in(row.term, "term", "it"), row.language, row.edition.number) for row in rows}


@pytest.fixture
def article() -> Article:
    article = make_article(text=False)
    for number, text in enumerate(("<p>La colite.</p>", "<p>Le coliti, la febbre.</p>")):
        RichText.objects.create(
            parent=article, region="main", ordering=number, text_it=text, text_en="<p>Colitis</p>"
        )
    publish(article)
    return article


@pytest.fixture
def colitis() -> Term:
    return Term.objects.create(
        term_it="colite",
        definition_it="Un’infiammazione.",
        aliases_it="coliti",
        term_en="colitis",
        definition_en="An inflammation.",
    )


class TestNotes:
    def test_say_which_terms_stand_in_what_is_live(self, article, colitis):
        Term.objects.create(term_it="febbre")  # no definition: not public

        note_all()

        assert noted() == {("colite", "it", 1), ("colite", "en", 1)}
        assert not glossary.note_next()

    def test_follow_what_is_published(self, article, colitis):
        note_all()
        RichText.objects.filter(ordering=0).update(text_it="<p>Altro.</p>")
        RichText.objects.filter(ordering=1).update(text_it="<p>Altro.</p>")
        publish(article, "it")

        note_all()

        assert noted() == {("colite", "en", 1)}

    def test_follow_the_names_of_terms(self, article, colitis):
        note_all()
        fever = Term.objects.create(term_it="febbre", definition_it="Il corpo è caldo.")
        change_term(colitis, term_en="enteritis")

        note_all()

        assert noted() == {("colite", "it", 1), ("febbre", "it", 1)}

        fever.delete()
        assert noted() == {("colite", "it", 1)}

    def test_do_not_care_for_definitions(self, article, colitis):
        note_all()
        Term.objects.update(definition_it="Un’infiammazione dell’intestino.")

        assert not glossary.note_next()

    def test_are_made_by_the_batch(self, article, colitis, monkeypatch):
        monkeypatch.setattr(glossary, "BATCH", 1)

        assert note_all() == 3
        assert len(noted()) == 2

    def test_leave_out_what_has_ended(self, article, colitis):
        withdraw(article, "it", by=make_editor())

        note_all()

        assert noted() == {("colite", "en", 1)}
        assert Edition.objects.count() == 2

    def test_advance_the_clock_once_all_is_noted(self, article, colitis):
        before = PublicationClock.objects.get().version

        note_all()

        assert PublicationClock.objects.get().version == before + 1


class TestTerms:
    def test_advance_the_clock_with_every_change(self, colitis):
        other = Term.objects.create(term_it="febbre")

        def changes(act) -> bool:
            before = PublicationClock.objects.get().version
            act()
            return PublicationClock.objects.get().version > before

        assert changes(lambda: colitis.related.add(other))
        assert changes(lambda: colitis.related.remove(other))
        assert changes(colitis.save)
        assert changes(lambda: Term.objects.update(definition_it="Altro."))
        assert changes(colitis.delete)

    def test_get_a_slug_that_no_other_has_or_had(self, colitis):
        change_term(colitis, slug_it="colite-acuta")

        slugs = [text_in(make_term(name), "slug", "it") for name in ("Colite", "còlite", "γδ")]

        assert slugs[:2] == ["colite-2", "colite-3"]
        assert slugs[2]

    def test_are_public_by_both_twins(self, colitis):
        Term.objects.create(term_it="febbre", definition_en="x")
        Term.objects.create(term_en="fever", definition_en="x")

        for language in ("it", "en"):
            public = set(Term.objects.public_in(language))
            assert public == {each for each in Term.objects.all() if each.is_public_in(language)}
        assert len(public) == 2
