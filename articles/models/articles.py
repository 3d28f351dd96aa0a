"""The working copy: what editors see and change, and readers never do."""

from content_editor.models import Region
from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.people import Contributor
from articles.models.references import Reference
from articles.models.topics import Topic


class State(models.TextChoices):
    """Where an article stands in one language."""

    NEVER = "never", _("never published")
    LIVE = "live", _("live")
    CHANGED = "changed", _("live, with unpublished changes")
    SCHEDULED = "scheduled", _("scheduled")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Audience(models.TextChoices):
    """Whom an article is written for, and who may read it."""

    PUBLIC = "public", _("everyone")
    PROFESSIONAL = "professional", _("health professionals only")


class ArticleQuerySet(models.QuerySet):
    def with_publication(self, language: str):
        """Annotate the numbers and digests from which ``Article.state_in`` tells the state."""
        from articles.models.editions import Edition

        editions = Edition.objects.filter(article=OuterRef("pk"), language=language)
        live = editions.live()
        return self.annotate(
            **{
                f"live_number_{language}": Subquery(live.values("number")[:1]),
                f"live_digest_{language}": Subquery(live.values("digest")[:1]),
                f"scheduled_for_{language}": Subquery(
                    editions.scheduled().values("valid_from")[:1]
                ),
                f"last_number_{language}": Subquery(
                    editions.order_by("-number").values("number")[:1]
                ),
            }
        )

    def in_state(self, language: str, state: str):
        """The articles that are in a state in a language; twin of ``Article.state_in``."""
        from articles.models.editions import Edition

        editions = Edition.objects.filter(article=OuterRef("pk"), language=language)
        same = editions.live().filter(digest=OuterRef(f"digest_{language}"))
        live, scheduled, ever = (
            Exists(editions.live()), Exists(editions.scheduled()), Exists(editions)
        )  # fmt: skip
        conditions = {
            State.NEVER: ~ever,
            State.LIVE: live & Exists(same),
            State.CHANGED: live & ~Exists(same),
            State.SCHEDULED: ~live & scheduled,
            State.WITHDRAWN: ever & ~live & ~scheduled,
        }
        return self.filter(conditions[State(state)])


class Article(models.Model):
    """An article as editors work on it, in every language at once."""

    title = models.CharField(_("title"), max_length=150, blank=True)
    slug = models.SlugField(
        _("address"),
        max_length=150,
        blank=True,
        help_text=_("The last part of the page's address. Proposed from the title."),
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
    contributors = models.ManyToManyField(Contributor, through="Byline", related_name="articles")
    references = models.ManyToManyField(Reference, through="Citation", related_name="articles")

    # Counts the saves: a form that was opened at another number must not overwrite.
    version = models.PositiveIntegerField(default=0, editable=False)
    # SHA-256 of what would be frozen now; differs from the live edition's after a change.
    digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    regions = [Region(key="main", title=_("Content"))]

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-changed_at", "-pk"]
        permissions = [("publish_article", _("Can publish and withdraw articles"))]
        indexes = [models.Index(F("changed_at").desc(), F("id").desc(), name="article_by_change")]
        constraints = [
            models.UniqueConstraint(
                fields=[f"slug_{language}"],
                name=f"article_slug_{language}_unique",
                violation_error_message=_("Another article already has this address."),
            )
            for language in ("it", "en")
        ]

    def __str__(self) -> str:
        return self.title_it or self.title_en or str(_("(without a title)"))

    def state_in(self, language: str) -> State:
        """The state in a language, of an article read with ``with_publication(language)``."""
        if getattr(self, f"live_number_{language}"):
            same = getattr(self, f"live_digest_{language}") == getattr(self, f"digest_{language}")
            return State.LIVE if same else State.CHANGED
        if getattr(self, f"scheduled_for_{language}"):
            return State.SCHEDULED
        return State.WITHDRAWN if getattr(self, f"last_number_{language}") else State.NEVER


class Byline(models.Model):
    """Who did what for an article."""

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


class Citation(models.Model):
    """A reference in the list at the end of an article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="citations")
    reference = models.ForeignKey(
        Reference, verbose_name=_("reference"), on_delete=models.PROTECT, related_name="citations"
    )
    ordering = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reference")
        verbose_name_plural = _("references")
        ordering = ["ordering", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "reference"],
                name="citation_once",
                violation_error_message=_("This source is already in the list."),
            )
        ]

    def __str__(self) -> str:
        return str(self.reference)
