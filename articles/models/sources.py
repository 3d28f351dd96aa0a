from collections.abc import Collection
from hashlib import blake2s
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.models.keys import KeyedModel
from articles.text.references import year_of_citation
from immunoportal.fields import WebAddressField


class DOIField(models.CharField):
    """A DOI. Capitals tell none from another (ISO 26324), so it is stored without any."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add).lower()
        setattr(model_instance, self.attname, value)
        return value


def wording_of(citation: str) -> str:
    """Return by what a citation is found: equal words have it in common, however written."""
    words = " ".join(citation.casefold().split())
    return blake2s(words.encode(errors="replace"), digest_size=16).hexdigest()


def shortened(citation: str) -> str:
    """Return the beginning of a citation, by which people know it."""
    return citation if len(citation) <= 90 else f"{citation[:90]}…"


class WordingField(models.CharField):
    """By what the row's citation is found, in an index."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = wording_of(getattr(model_instance, "citation", ""))
        setattr(model_instance, self.attname, value)
        return value


class SourceStatus(models.TextChoices):
    """What has become of a source, so that it is not to be relied on."""

    RETRACTED = "retracted", _("retracted")
    OUTDATED = "outdated", pgettext_lazy("source", "outdated")


class Source(KeyedModel):
    """A source that articles cite, kept once for all of them.

    A citation stands in the language of its source, so it is not translated.
    """

    citation = models.TextField(
        _("citation"),
        help_text=_("Authors, title, journal or publisher, year. As it should be printed."),
    )
    wording = WordingField(max_length=32, db_index=True, editable=False, default="")
    doi = DOIField(
        _("DOI"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(
                r'^10\.[0-9]{4,9}/[^\s"<>]+$', _("A DOI looks like 10.1056/NEJMoa1003466.")
            )
        ],
    )
    pmid = models.CharField(
        _("PubMed number (PMID)"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{1,9}$", _("A PMID has digits only."))],
    )
    url = WebAddressField(_("web address"), max_length=500, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1500), MaxValueValidator(2100)],
        help_text=_("Where it stays empty, it is read from the citation."),
    )
    # Repeats its standing ``Retraction`` of which readers are told, for lists and forms.
    status = models.CharField(
        _("status"), max_length=10, choices=SourceStatus, blank=True, default="", editable=False
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["citation"]
        constraints = [
            models.UniqueConstraint(
                fields=[field],
                condition=~models.Q(**{field: ""}),
                name=f"source_{field}_unique",
                violation_error_message=_("This source is already in the list of sources."),
            )
            for field in ("doi", "pmid")
        ] + [
            models.CheckConstraint(
                condition=models.Q(doi=Lower("doi")), name="source_doi_without_capitals"
            )
        ]
        indexes = [
            # Few.
            models.Index(fields=["status"], condition=~models.Q(status=""), name="source_marked"),
            models.Index(
                fields=["year"], condition=models.Q(year__isnull=False), name="source_with_year"
            ),
        ]

    def __str__(self) -> str:
        name = shortened(self.citation)
        # Wherever an editor chooses or meets it.
        return f"[{self.get_status_display()}] {name}" if self.status else name

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the constraints to the database: the forms ask for the numbers of all rows at
        once, and name the other source."""

    @property
    def year_shown(self) -> int | None:
        """Return the year that was typed, or else the one that the citation names."""
        return self.year or year_of_citation(self.citation)

    @property
    def links(self) -> list[dict[str, str]]:
        """Where the source can be read: a label and a URL for each place."""
        links = []
        if self.doi:
            links.append({"label": f"doi:{self.doi}", "url": f"https://doi.org/{self.doi}"})
        if self.pmid:
            links.append(
                {
                    "label": f"PubMed {self.pmid}",
                    "url": f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/",
                }
            )
        if self.url:
            links.append({"label": self.url, "url": self.url})
        return links
