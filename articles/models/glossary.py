"""The glossary: the words of the field, and where they stand."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.signals import m2m_changed
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.editions import Edition
from articles.models.keys import KeyedModel
from articles.text.lines import lines_of
from articles.text.slugs import slug_from
from immunoportal import languages
from immunoportal.publication.models import LiveModel, LiveQuerySet, PublicationClock

LONGEST_SLUG = 120


class TermQuerySet(LiveQuerySet["Term"]):
    def public_in(self, language: str) -> Self:
        """Return those that readers of a language see; twin of ``Term.is_public_in``."""
        return self.filter(**{f"{name}_{language}__gt": "" for name in Term.NEEDED})


class Term(KeyedModel, LiveModel):
    """A word of the field, what it means, and how it is said in each language; shown to readers of
    a language once it has a term and a definition there, and its every change at once.

    The texts of a page and of its translation are compared by its names and by the words that must
    not stand for it; a search for one of its names finds the others.
    """

    # What readers of a language need.
    NEEDED = ("term", "definition", "slug")

    term = models.CharField(_("term"), max_length=120, blank=True)
    slug = models.SlugField(
        _("slug"),
        max_length=LONGEST_SLUG,
        blank=True,
        help_text=_(
            "The last part of the page's address. Proposed from the term. If you change it later, "
            "the old address leads on to the new one."
        ),
    )
    definition = models.TextField(
        _("definition"),
        max_length=1000,
        blank=True,
        help_text=_(
            "One or two sentences that a patient understands, without HTML. Readers see them in "
            "the glossary and wherever the term stands in an article, as soon as they are saved."
        ),
    )
    aliases = models.TextField(
        _("other names"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Plurals, short forms and other words that are right as well: one a line. In articles "
            "they lead to the definition too. A word in capitals is found in capitals only; one or "
            "two small letters, and words such as “the”, are never linked."
        ),
    )
    forbidden = models.TextField(
        _("not to be used"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Words that must not stand for it, one a line; after a colon, why: “killer cells: "
            "frightens patients”."
        ),
    )
    related = models.ManyToManyField(
        "self",
        verbose_name=_("related terms"),
        blank=True,
        help_text=_("Readers of each of them are led to the others."),
    )

    objects: ClassVar = TermQuerySet.as_manager()

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")
        ordering = ["pk"]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[f"term_{language}"],
                    condition=~Q(**{f"term_{language}": ""}),
                    name=f"term_{language}_unique",
                    violation_error_message=_("The glossary already has this term."),
                )
                for language in languages.codes()
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"slug_{language}"],
                    name=f"term_slug_{language}_unique",
                    violation_error_message=_("Another term already has this slug."),
                )
                for language in languages.codes()
            ),
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "term") or str(_("(without a name)"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            # Whoever renames it at the same time sees what this has made of it.
            PublicationClock.take_turn()
            fill_slugs([self])
            self._keep_former_slugs()
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str | None:
        """Return the address of the term in the active language; ``None`` if it has none there."""
        if not (self.term and self.definition and self.slug):
            return None
        return reverse("articles:term", args=[self.slug])

    def is_public_in(self, language: str) -> bool:
        """Tell whether readers of a language see it; twin of ``TermQuerySet.public_in``."""
        return all(languages.text_in(self, name, language) for name in self.NEEDED)

    def names_in(self, language: str) -> list[str]:
        """Return what it is called in a language: the term first, then its other names."""
        aliases = lines_of(languages.text_in(self, "aliases", language))
        term = languages.text_in(self, "term", language)
        return list(dict.fromkeys([*([term] if term else []), *aliases]))

    def _keep_former_slugs(self) -> None:
        """Keep each slug that is given up and had a page, so that its address leads on."""
        stored = Term.objects.filter(pk=self.pk).first() if self.pk else None
        for language in languages.codes() if stored else ():
            slug = languages.text_in(stored, "slug", language)
            is_given_up = slug != languages.text_in(self, "slug", language)
            if stored and stored.is_public_in(language) and is_given_up:
                self.former_slugs.update_or_create(
                    language=language, slug=slug, defaults={"term": self}
                )


def fill_slugs(terms: list[Term]) -> None:
    """Give every term that has none a slug in each language in which it is named.

    A slug that another term has or had gets a number; a name without Latin letters gets that of
    the term.
    """
    for language in languages.codes():
        name = f"slug_{language}"
        without = [
            term
            for term in terms
            if languages.text_in(term, "term", language) and not getattr(term, name)
        ]
        if not without:
            continue
        taken = set(
            Term.objects.exclude(**{name: None})
            .exclude(pk__in=[term.pk for term in terms if term.pk])
            .values_list(name, flat=True)
        )
        former = FormerTermSlug.objects.filter(language=language)
        taken |= set(former.values_list("slug", flat=True))
        taken |= {getattr(term, name) for term in terms}
        for term in without:
            stem = slug_from(languages.text_in(term, "term", language), LONGEST_SLUG - 6)
            stem = stem or term.key.hex[:8]
            slug, number = stem, 2
            while slug in taken:
                slug, number = f"{stem}-{number}", number + 1
            setattr(term, name, slug)
            taken.add(slug)


def _advance(action: str, **_signal: Any) -> None:
    if action.startswith("post_"):
        PublicationClock.advance()


m2m_changed.connect(_advance, sender=Term.related.through, dispatch_uid="related terms")


class FormerTermSlug(models.Model):
    """A slug that a term had while it had a page; written by the save that renames the term."""

    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="former_slugs")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    slug = models.SlugField(max_length=LONGEST_SLUG, db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["language", "slug"], name="former_slug_of_one_term")
        ]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"


class TermMention(models.Model):
    """A term stands in the text of an edition; see ``articles.publishing.glossary``.

    It repeats what the lists of a term's articles are ordered by, so that their first rows are read
    from the index however many there are.
    """

    term = models.ForeignKey(
        Term, on_delete=models.CASCADE, related_name="mentions", db_index=False
    )
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="mentions", db_index=False
    )
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    first_published_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["edition", "term"], name="term_mentioned_once")
        ]
        indexes = [
            models.Index(
                "term", "language", F("first_published_at").desc(), F("edition").desc(),
                name="mention_newest_first",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.term_id}: {self.edition_id}"


class MentionSearch(models.Model):
    """How far the worker has come in looking for the terms in all editions; one row."""

    # Of the names that are looked for.
    digest = models.CharField(max_length=64)
    reached = models.PositiveBigIntegerField(default=0)
    is_over = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_mention_search")]

    def __str__(self) -> str:
        return f"{self.digest} ({self.reached})"
