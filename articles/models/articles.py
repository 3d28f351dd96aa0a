"""The working copy: what editors see and change, and readers never do."""

from collections.abc import Collection

from content_editor.models import Region
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.keys import KeyedModel
from articles.models.people import Contributor
from articles.models.relations import ReadRelationsModel
from articles.models.site_pages import SitePage
from articles.models.sources import Source
from articles.models.topics import Topic
from immunoportal import languages


class Audience(models.TextChoices):
    """Whom an article is written for, and who may read it."""

    PUBLIC = "public", _("everyone")
    PROFESSIONAL = "professional", _("health professionals only")


class Article(KeyedModel, ReadRelationsModel):
    """An article as editors work on it, in every language at once."""

    title = models.CharField(_("title"), max_length=150, blank=True)
    slug = models.SlugField(
        _("slug"),
        max_length=150,
        blank=True,
        help_text=_(
            "The last part of the page's address. Proposed from the title. If you change it later, "
            "the old address leads on to the new one."
        ),
    )
    hero_line = models.CharField(
        _("hero line"), max_length=150, blank=True, help_text=_("A short line above the title.")
    )
    lead = models.TextField(
        _("lead"),
        max_length=600,
        blank=True,
        help_text=_(
            "What the article says, in one or two sentences. Shown under the title and in lists."
        ),
    )
    description = models.CharField(
        _("description for search engines"),
        max_length=300,
        blank=True,
        help_text=_("If it is empty, the lead is used."),
    )
    funding = models.CharField(
        _("funding"),
        max_length=500,
        blank=True,
        help_text=_(
            "Who paid for this article, and what they could decide about it; or that nobody did. "
            "Shown at its end."
        ),
    )
    topic = models.ForeignKey(
        Topic,
        verbose_name=_("topic"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="articles",
    )
    audience = models.CharField(
        _("audience"),
        max_length=20,
        choices=Audience,
        default=Audience.PUBLIC,
        help_text=_(
            "What is for health professionals only is read by those whom we have approved, after "
            "they have logged in. No list, search or search engine shows it to anybody else."
        ),
    )
    # Once it was published it stays what it is: its address says so.
    site_page = models.CharField(
        _("page of the site"),
        max_length=20,
        choices=[("", _("none: an ordinary article")), *SitePage.choices],
        default="",
        blank=True,
        help_text=_(
            "The foot of each page leads to the pages of the site; no list of articles has them. "
            "They have no topic, and are for everyone. What was published stays what it is."
        ),
    )
    contributors = models.ManyToManyField(Contributor, through="Byline", related_name="articles")
    sources = models.ManyToManyField(Source, through="Citation", related_name="articles")

    # Counts the saves: a form that was opened at another number must not overwrite.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    regions = [Region(key="main", title=_("Content"))]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-changed_at", "-pk"]
        permissions = [("publish_article", _("Can publish and withdraw articles"))]
        indexes = [
            # All that the desk's list is filtered by, but for the state.
            models.Index(
                F("changed_at").desc(), F("id").desc(), "audience", "topic",
                name="article_by_change",
            ),
            # That list as long as nobody asks for anything, and the pages of the site.
            models.Index(
                "site_page", F("changed_at").desc(), F("id").desc(),
                name="article_by_site_page",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["site_page"], condition=~Q(site_page=""), name="article_site_page_once"
            ),
            models.CheckConstraint(
                condition=Q(site_page="") | Q(audience=Audience.PUBLIC, topic__isnull=True),
                name="article_site_page_for_everyone",
            ),
            *(
                models.UniqueConstraint(
                    fields=[f"slug_{language}"],
                    name=f"article_slug_{language}_unique",
                    violation_error_message=_("Another article already has this slug."),
                )
                for language in languages.codes()
            ),
        ]

    def __str__(self) -> str:
        return languages.text_in_any(self, "title") or str(_("(without a title)"))

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Leave the slugs to the form, which asks for those of all languages at once and names who
        has one; and ask nothing about the pages of the site where this is none of them."""
        needless = languages.localized("slug") + ([] if self.site_page else ["site_page"])
        super().validate_constraints(exclude={*(exclude or ()), *needless})


class Byline(ReadRelationsModel):
    """A contributor of an article, and what they did for it."""

    class Role(models.TextChoices):
        AUTHOR = "author", _("author")
        REVIEWER = "reviewer", _("medical reviewer")
        TRANSLATOR = "translator", _("translator")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    contributor = models.ForeignKey(
        Contributor,
        verbose_name=_("contributor"),
        on_delete=models.PROTECT,
        related_name="bylines",
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.AUTHOR)
    ordering = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["ordering", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "contributor", "role"],
                name="byline_once",
                violation_error_message=_("This person already has this role here."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.contributor} ({self.get_role_display()})"


class Citation(ReadRelationsModel):
    """A source that an article cites, and its place in the list at the article's end."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="citations")
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="citations"
    )
    ordering = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["ordering", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "source"],
                name="citation_once",
                violation_error_message=_("This source is already in the list."),
            )
        ]

    def __str__(self) -> str:
        return str(self.source)
