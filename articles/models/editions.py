"""Editions: what readers get. Frozen at publication, never changed after."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles.models.articles import Article, Audience
from articles.models.documents import Document
from articles.models.images import Image
from articles.models.recordings import Recording
from articles.models.severity import Severity
from articles.models.site_pages import SitePage, address
from articles.models.topics import Topic
from articles.models.withdrawable import WithdrawableModel
from immunoportal.actors import ActorField, User
from immunoportal.guards import Guard, GuardedModel, GuardedQuerySet, RowIsFrozen
from immunoportal.languages import localized

# Whoever has it may read what is for health professionals: they themselves, once they are
# approved, and editors.
READ_RESERVED = "articles.read_reserved"

# ``None`` where it is not known, or does not matter, who reads.
Reader = User | AnonymousUser | None


def may_read_reserved(user: Reader) -> bool:
    """Tell whether a user may read what is for health professionals."""
    return user is not None and user.has_perm(READ_RESERVED)


def valid_at(moment: datetime, prefix: str = "") -> Q:
    """Return the condition that a moment is in an interval ``[valid_from, valid_until)``; its
    names may have a prefix. ``is_valid_at`` says the same of values."""
    begun = Q(**{f"{prefix}valid_from__lte": moment})
    endless = Q(**{f"{prefix}valid_until__isnull": True})
    return (endless | Q(**{f"{prefix}valid_until__gt": moment})) & begun


def is_valid_at(moment: datetime, valid_from: datetime, valid_until: datetime | None) -> bool:
    """Tell whether a moment is in the interval; twin of ``valid_at``."""
    return valid_from <= moment and (valid_until is None or valid_until > moment)


# What lists show, and what tells an edition from all others.
IN_LISTS = (
    "article", "language", "number", "valid_from", "first_published_at", "title", "slug",
    "hero_line", "lead", "topic", "words", "page_digest", "site_page",
)  # fmt: skip


class EditionIsFrozen(RowIsFrozen):
    """Somebody tried to change what was published."""


class Withdrawal(models.IntegerChoices):
    """What becomes of the address of a page that is withdrawn, and not only for now."""

    WRONG = 1, _("wrong")
    MERGED = 2, _("merged into another article")


# Nobody finds the text of what was wrong again.
IS_GONE = Q(withdrawn_as=Withdrawal.WRONG)
# An edition that was withdrawn before it came to be live was never valid.
EVER_VALID = Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))


class EditionQuerySet(GuardedQuerySet["Edition"]):
    """Says once who may read what: public pages start from ``live().public()``."""

    def live(self) -> Self:
        """Return those that are valid now."""
        return self.filter(valid_at(timezone.now()))

    def begun(self) -> Self:
        """Return those that are valid now or have been."""
        return self.filter(EVER_VALID, valid_from__lte=timezone.now())

    def scheduled(self) -> Self:
        """Return those that will become valid."""
        return self.filter(EVER_VALID, valid_from__gt=timezone.now())

    def lasting(self) -> Self:
        """Return those whose text can be read, at the address of the article or at their own.

        What was withdrawn as wrong is gone for ever; the others are, until the language has a live
        page again.
        """
        return self.begun().filter(~IS_GONE, Exists(_live_beside()))

    def lasting_public(self) -> Self:
        """Return those of them that everyone may read: nothing is reserved of them, nor of what is
        live."""
        return self.lasting().public().filter(Exists(_live_beside().public()))

    def public(self) -> Self:
        """Return those that everyone may read."""
        return self.filter(audience=Audience.PUBLIC)

    def for_professionals(self) -> Self:
        """Return those that only health professionals may read."""
        return self.filter(audience=Audience.PROFESSIONAL)

    def for_reader(self, user: Reader) -> Self:
        """Return those that a user may read; without a log-in, the public ones.

        A page that is the same for everyone asks for ``public`` instead: to know the user is
        to read the session.
        """
        return self.all() if may_read_reserved(user) else self.public()

    def of_articles(self) -> Self:
        """Return those of ordinary articles, without the pages of the site."""
        return self.filter(site_page="")

    def of_site(self) -> Self:
        """Return those of the pages of the site."""
        # They are few: found by their articles, whatever else is asked of them.
        of_site = Article.objects.filter(site_page__in=SitePage.values)
        return self.filter(article__in=of_site.order_by().values("pk"))

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")

    def for_lists(self) -> Self:
        """Read what a list shows of each edition; its topic is set apart."""
        return self.only(*IN_LISTS).annotate(image_digest=F("image__digest"))

    def for_pages(self, *names: str) -> Self:
        """Read what a page tells of an edition; its content is read when it is asked for.

        Args:
            names: of what it tells beside that.
        """
        topic = localized("topic__name", "topic__slug")
        more = ("description", "audience", "valid_until", *topic)
        leaflet = {
            f"leaflet_{name}": F(f"leaflet__{name}") for name in ("digest", "bytes", "pages")
        }
        return self.select_related("topic").only(*IN_LISTS, *more, *names).annotate(**leaflet)


def _live_beside() -> EditionQuerySet:
    """Return what is live of the same article in the same language, within a query."""
    beside = {name: OuterRef(name) for name in ("article", "language")}
    return Edition.objects.live().filter(**beside)


class Edition(GuardedModel):
    """One language of an article, whole, as it was when it was published.

    Valid in the interval ``[valid_from, valid_until)``; open at the end while it is live.
    """

    # All that may still change once an edition is stored: how its interval ends.
    guard = Guard(
        closes="valid_until",
        closing=(
            "withdrawn_by", "withdrawal_note", "withdrawn_as", "withdrawal_sentence", "merged_into",
        ),
        error=EditionIsFrozen,
    )  # fmt: skip

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="editions"
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    # Counts up from 1 for each article and language.
    number = models.PositiveIntegerField(_("number"))
    valid_from = models.DateTimeField(_("valid from"))
    # Never before valid_from; equal to it when withdrawn before it came to be live.
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    first_published_at = models.DateTimeField(_("first published"))

    title = models.CharField(_("title"), max_length=150)
    slug = models.SlugField(_("slug"), max_length=150)
    hero_line = models.CharField(_("hero line"), max_length=150, blank=True)
    lead = models.TextField(_("lead"))
    description = models.CharField(_("description"), max_length=600, blank=True)
    topic = models.ForeignKey(
        Topic, verbose_name=_("topic"), on_delete=models.PROTECT, null=True, related_name="editions"
    )
    audience = models.CharField(
        _("audience"), max_length=20, choices=Audience, default=Audience.PUBLIC
    )
    # What the article was then; see ``Article.site_page``.
    site_page = models.CharField(
        _("page of the site"), max_length=20, choices=SitePage, default="", blank=True
    )
    # The picture of lists: that of the first figure.
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="+")
    image_digest: str | None  # in lists
    raised_to: int | None  # where it is read; see ``articles.publishing.severity``
    held: Any = None  # in lists; see ``articles.reading.holds``
    # Of its leaflet, on pages; None while there is none.
    leaflet_digest: str | None = None
    leaflet_bytes: int | None = None
    leaflet_pages: int | None = None
    # Of the schema that it names; ``articles.publishing.content`` reads every one.
    content = models.JSONField(_("content"))
    plain_text = models.TextField(_("words"))
    words = models.PositiveIntegerField(_("number of words"))
    # SHA-256 in hexadecimal of what a medical reviewer reads, and of all that readers get.
    text_digest = models.CharField(max_length=64)
    page_digest = models.CharField(max_length=64)
    # Digests of its parts; see ``articles.publishing.parts``. Of an edition from before there were
    # any they follow from its content.
    parts = models.JSONField(null=True)
    images = models.ManyToManyField(Image, through="EditionImage", related_name="editions")
    documents = models.ManyToManyField(Document, through="EditionDocument", related_name="editions")
    recordings = models.ManyToManyField(
        Recording, through="EditionRecording", related_name="editions"
    )

    published_by = ActorField(_("published by"))
    published_by_shown: str
    # How grave the change was when it was published; none of the first edition, and of those from
    # before there was one. See ``articles.publishing.severity`` for what it is now.
    severity = models.PositiveSmallIntegerField(
        _("severity"), choices=Severity, null=True, blank=True
    )
    # What has changed, for readers; of an edition without a severity, for the history alone.
    change_note = models.CharField(_("change note"), max_length=500, blank=True)
    withdrawn_by = ActorField(_("withdrawn by"))
    withdrawn_by_shown: str
    withdrawal_note = models.CharField(_("reason for the withdrawal"), max_length=300, blank=True)
    # What its address answers since; None where it was withdrawn for now, or not at all.
    withdrawn_as = models.PositiveSmallIntegerField(
        _("withdrawn as"), choices=Withdrawal, null=True, blank=True
    )
    # For the readers of what was wrong, in their language.
    withdrawal_sentence = models.CharField(_("sentence for readers"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        Article,
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-valid_from", "-pk"]
        permissions = [("read_reserved", _("Can read articles for health professionals"))]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "language", "number"], name="edition_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["article", "language"],
                condition=Q(valid_until__isnull=True),
                name="edition_one_open_interval",
            ),
            models.UniqueConstraint(
                fields=["language", "slug"],
                condition=Q(valid_until__isnull=True),
                name="edition_slug_unique_while_open",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="edition_interval_forward",
            ),
            models.CheckConstraint(
                condition=(
                    Q(withdrawn_as=None, withdrawal_sentence="", merged_into=None)
                    | Q(withdrawn_as=Withdrawal.WRONG, merged_into=None)
                    & ~Q(withdrawal_sentence="")
                    | Q(
                        withdrawn_as=Withdrawal.MERGED,
                        withdrawal_sentence="",
                        merged_into__isnull=False,
                    )
                ),
                name="edition_withdrawn_with_what_readers_need",
            ),
        ]
        indexes = [
            models.Index(fields=["language", "slug"], name="edition_by_address"),
            # Lists and their counts, which need not read the rows: all that they ask is in here.
            models.Index(
                "language", "audience", F("first_published_at").desc(), F("id").desc(),
                "valid_until", "valid_from", "site_page",
                name="edition_listed",
            ),
            models.Index(
                "topic", "language", "audience", F("first_published_at").desc(), F("id").desc(),
                "valid_until", "valid_from", "site_page",
                name="edition_listed_in_topic",
            ),
            # All that the desk's list is filtered by; and when the next one begins.
            models.Index(
                F("valid_from").desc(), F("id").desc(), "language", "audience",
                name="edition_by_beginning",
            ),
            models.Index(fields=["valid_until"], name="edition_by_end"),
            # Few: what addresses answer that had a page.
            models.Index(
                fields=["article", "merged_into"],
                condition=Q(withdrawn_as__isnull=False),
                name="edition_withdrawn",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} ({self.language}, {self.number})"

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return self.url_of("detail")

    def url_of(self, name: str, *more: object) -> str:
        """Return the address of the page in the active language, or of what stands beneath it; see
        ``articles.models.site_pages.address``."""
        return address(self.site_page, name, self.slug, *more)

    @property
    def editions_url(self) -> str:
        """Return where all editions of the page are listed, in the active language."""
        return self.url_of("editions")

    @property
    def is_live(self) -> bool:
        """Tell whether it is valid now; twin of ``EditionQuerySet.live``."""
        return is_valid_at(timezone.now(), self.valid_from, self.valid_until)

    @property
    def is_gone(self) -> bool:
        """Tell whether it was withdrawn as wrong; twin of ``IS_GONE``."""
        return self.withdrawn_as == Withdrawal.WRONG

    @property
    def is_public(self) -> bool:
        """Tell whether everyone may read it; twin of ``EditionQuerySet.public``."""
        return self.audience == Audience.PUBLIC

    def may_be_read_by(self, user: Reader) -> bool:
        """Tell whether a user may read it; twin of ``EditionQuerySet.for_reader``.

        Of a public one, nothing about the user is asked.
        """
        return self.is_public or may_read_reserved(user)

    @property
    def reading_minutes(self) -> int:
        """The minutes that reading takes, at 200 words a minute: slow enough for a tired reader.

        Adults read 238 words of English and 285 of Italian silently (Brysbaert 2019).
        """
        return max(1, round(self.words / 200))


def boundaries(moment: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when an edition last began or ended, and when the next one will.

    Args:
        moment: what begins or ends at this very moment has done so.
    """
    editions = Edition.objects.order_by()
    past, coming = [], []
    for name in ("valid_from", "valid_until"):
        past.append(editions.filter(**{f"{name}__lte": moment}).aggregate(last=Max(name))["last"])
        coming.append(editions.filter(**{f"{name}__gt": moment}).aggregate(next=Min(name))["next"])
    return max(filter(None, past), default=None), min(filter(None, coming), default=None)


def relation_to(library: type[WithdrawableModel]) -> models.ManyToManyField:
    """Return the relation by which editions keep the entries of a library that they show."""
    return next(field for field in Edition._meta.many_to_many if field.related_model is library)


def tie(edition: Edition, file: WithdrawableModel) -> models.Model:
    """Return the row, not stored, by which an edition keeps a picture or file that it shows."""
    relation = relation_to(type(file))
    through: Any = relation.remote_field.through
    row: models.Model = through(**{"edition": edition, relation.m2m_reverse_field_name(): file})
    return row


def named_in_content(relation: str, name: str, linked: str = "") -> dict[str, str]:
    """Return the condition that a block of an edition names what a new row ties it to.

    Args:
        relation: the foreign key of the row, such as "image".
        name: under which the frozen block has the digest.
        linked: the attribute of links in its text that may have it too, such as "data-file".
    """
    digest = f"(SELECT digest FROM articles_{relation} WHERE id = NEW.{relation}_id)"  # noqa: S608
    link = f"'{linked}=\"' || {digest} || '\"'"

    def shown(blocks: str, value: str, html: str, position: str) -> str:
        in_text = f" OR {position}({html}, {link}) > 0" if linked else ""
        return (
            f"EXISTS (SELECT 1 FROM articles_edition AS edition, {blocks} AS block"  # noqa: S608
            f" WHERE edition.id = NEW.edition_id AND ({value} = {digest}{in_text}))"
        )

    return {
        "sqlite": shown(
            "json_each(edition.content, '$.blocks')",
            f"json_extract(block.value, '$.{name}')",
            "json_extract(block.value, '$.html')",
            "instr",
        ),
        "postgresql": shown(
            "jsonb_array_elements(edition.content -> 'blocks')",
            f"block ->> '{name}'",
            "block ->> 'html'",
            "strpos",
        ),
    }


class EditionImage(GuardedModel):
    """An image that an edition shows, and that cannot be deleted therefore."""

    # No row for an image that no figure of the edition names.
    guard = Guard(insertable=named_in_content("image", "image"), error=EditionIsFrozen)

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE)
    image = models.ForeignKey(Image, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "image"], name="edition_image_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.image_id}"


class EditionDocument(GuardedModel):
    """A document that an edition shows or links to, and that cannot be deleted therefore."""

    guard = Guard(
        insertable=named_in_content("document", "document", "data-file"), error=EditionIsFrozen
    )

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE)
    document = models.ForeignKey(Document, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "document"], name="edition_document_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.document_id}"


class EditionRecording(GuardedModel):
    """A recording that an edition shows, and that cannot be deleted therefore."""

    guard = Guard(insertable=named_in_content("recording", "recording"), error=EditionIsFrozen)

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE)
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "recording"], name="edition_recording_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.recording_id}"
