from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from immunoportal.fields import WebAddressField


class Source(KeyedModel):
    """A source that articles cite, kept once for all of them.

    A citation stands in the language of its source, so it is not translated.
    """

    citation = models.TextField(
        _("citation"),
        help_text=_("Authors, title, journal or publisher, year. As it should be printed."),
    )
    doi = models.CharField(
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
        ]

    def __str__(self) -> str:
        return self.citation if len(self.citation) <= 90 else f"{self.citation[:90]}…"

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
