"""To whom a slug belongs, and where the addresses of the old site lead.

A slug that was published belongs to its article for ever, in its language: its editions tell, and
every address that it once had leads to it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import dropwhile
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import transaction
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import gettext as _

from articles.models import Article, Edition, FormerSlug, OldAddress, Topic
from articles.models.editions import EVER_VALID
from articles.models.redirects import LONGEST_PATH
from articles.text.redirects import LONGEST, NoAddress, key_of, typed_address
from immunoportal import audit, languages
from immunoportal.actors import User
from immunoportal.publication import clock

# A language and a slug.
Place = tuple[str, str]

ARTICLE, TOPIC = "articles:detail", "articles:topic"
# The pages of the site are articles at addresses of their own.
OF_ARTICLES = {ARTICLE, "articles:site:detail"}
# So many slugs are asked for in one query.
AT_A_TIME = 400


def owners_of(places: Collection[Place]) -> dict[Place, Edition]:
    """Return to whom slugs belong: the edition that had each last, with its article.

    One that was called off before it came to be live had none. Who asks in order to publish takes
    a turn first (``clock.take_turn``), so that it is still so when the edition is stored.
    """
    wanted = set(places)
    found: dict[Place, Edition] = {}
    for some in _parts(sorted({slug for _language, slug in wanted})):
        editions = Edition.objects.filter(EVER_VALID, slug__in=some).select_related("article")
        for edition in editions.defer("content", "plain_text").order_by("valid_from", "pk"):
            if (edition.language, edition.slug) in wanted:
                found[edition.language, edition.slug] = edition
    return found


def _parts(slugs: Sequence[str]) -> Iterable[Sequence[str]]:
    return (slugs[start : start + AT_A_TIME] for start in range(0, len(slugs), AT_A_TIME))


def slug_belongs_to(owner: object, slug: str) -> str:
    """Return the sentence that refuses a slug which another article or topic once had."""
    return _(
        "The slug “%(slug)s” belongs to “%(title)s”, which has it or once had it: whoever knows "
        "that address is led there for ever. Choose another."
    ) % {"slug": slug, "title": owner}


# Where old addresses lead


class NoTarget(ValueError):
    """Something is no page of this site; its message is a sentence for an editor."""


@dataclass(frozen=True)
class Target:
    """Where an old address leads: an article or a topic in a language, or a path of ours."""

    article: Article | None = None
    topic: Topic | None = None
    language: str = ""
    path: str = ""

    @classmethod
    def of(cls, row: OldAddress) -> "Target":
        """Return where a stored address leads."""
        return cls(row.article, row.topic, row.language, row.path)

    def __str__(self) -> str:
        if self.path:
            return self.path
        return f"{self.article or self.topic} ({languages.phrase(self.language)})"


def match_of(path: str) -> ResolverMatch | None:
    """Return which of our pages answers at a path, with its last slash or without."""
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        for ending in ("", "/"):
            try:
                return resolve(path + ending)
            except Resolver404:
                continue
    return None


def is_ours(address: str) -> bool:
    """Tell whether an address is one at which this site has pages, or may come to have them."""
    return match_of(unquote(address.partition("?")[0])) is not None


def targets_of(typed: Iterable[str]) -> dict[str, Target | NoTarget]:
    """Return where each of some addresses of this site leads, or why it leads nowhere.

    An address of an article or a topic, present or past, stands for the row itself, so that an old
    address follows it when it is renamed. In as few queries as for one.
    """
    found: dict[str, Target | NoTarget] = {}
    matches: dict[str, tuple[str, ResolverMatch]] = {}
    for text in typed:
        try:
            matches[text] = _page_at(text)
        except NoTarget as refusal:
            found[text] = refusal
    places: dict[str, set[Place]] = {ARTICLE: set(), TOPIC: set()}
    for path, match in matches.values():
        if _kind_of(match) in places:
            places[_kind_of(match)].add((_language_of(path), match.kwargs["slug"]))
    articles, topics = articles_at(places[ARTICLE]), _topics_at(places[TOPIC])
    for text, (path, match) in matches.items():
        place = _language_of(path), match.kwargs.get("slug", "")
        kind = _kind_of(match)
        if kind not in places:
            found[text] = Target(path=path)
        elif kind == ARTICLE and place in articles:
            found[text] = Target(article=articles[place], language=place[0])
        elif kind == TOPIC and place in topics:
            found[text] = Target(topic=topics[place], language=place[0])
        else:
            found[text] = NoTarget(
                _("“%(address)s” is the address of no article and no topic.") % {"address": path}
            )
    return found


def _kind_of(match: ResolverMatch) -> str:
    return ARTICLE if match.view_name in OF_ARTICLES else match.view_name


def _page_at(typed: str) -> tuple[str, ResolverMatch]:
    """Return the path of a page of ours, and the page.

    Raises:
        NoTarget: it is none.
    """
    text = typed.strip()
    words = {"address": text[:LONGEST]}
    ours = {urlsplit(settings.SITE_URL).hostname, *settings.ALLOWED_HOSTS}
    if text.partition("/")[0] in ours:
        text = f"//{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        raise NoTarget(_("“%(address)s” is no address.") % words) from None
    if parts.scheme not in ("", "http", "https") or (host and host not in ours):
        raise NoTarget(
            _("“%(address)s” is on another site. An old address leads to a page of this one.")
            % words
        )
    path = unquote(parts.path) or ("/" if host else "")
    match = match_of(path) if path.startswith("/") else None
    if match is None or match.namespace == "admin" or len(path) > LONGEST_PATH:
        raise NoTarget(
            _(
                "“%(address)s” is no page of this site. Copy the address from the browser while it "
                "shows the page."
            )
            % words
        )
    if parts.query:
        raise NoTarget(
            _("“%(address)s” says more than a page: leave out the question mark and what follows.")
            % words
        )
    if match.route.endswith("/") and not path.endswith("/"):
        path += "/"
    return path, match


def _language_of(path: str) -> str:
    return translation.get_language_from_path(path) or ""


def articles_at(places: Collection[Place]) -> dict[Place, Article]:
    """Return the articles to which slugs belong, or whose working copies have them."""
    found: dict[Place, Article] = {}
    for language in languages.codes():
        name = f"slug_{language}"
        for some in _parts(sorted(slug for code, slug in places if code == language)):
            for article in Article.objects.filter(**{f"{name}__in": some}):
                found[language, getattr(article, name)] = article
    owners = {place: edition.article for place, edition in owners_of(places).items()}
    return found | owners


def _topics_at(places: Collection[Place]) -> dict[Place, Topic]:
    """Return the topics that have slugs, or had them."""
    if not places:
        return {}
    # There are few.
    topics = Topic.objects.in_bulk()
    former = {
        (row.language, row.slug): topics[row.topic_id]
        for row in FormerSlug.objects.all()
        if row.topic_id in topics
    }
    present = {
        (language, slug): topic
        for topic in topics.values()
        for language in languages.codes()
        if (slug := languages.text_in(topic, "slug", language))
    }
    return {place: topic for place, topic in (former | present).items() if place in places}


# The import


class Step(Enum):
    """What an import does with a line."""

    ADD = "add"
    CHANGE = "change"
    LEAVE = "leave"
    REFUSE = "refuse"


@dataclass
class Line:
    """A line of an import: an old address, where it is to lead, and what becomes of it.

    Attributes:
        number: in the file, from 1.
        before: where the address leads now, if that changes.
        why: the sentence that refuses it.
    """

    number: int
    address: str
    leads_to: str
    step: Step = Step.REFUSE
    why: str = ""
    target: Target | None = None
    before: Target | None = None
    row: OldAddress | None = field(default=None, repr=False)


def plan_import(cells: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    """Return what an import would do with each line, in their order. Nothing is stored.

    Args:
        cells: the number of each line and its cells: the old address, and the address of a page of
            this site. Headings at the top are passed over, and so are empty lines.
    """
    lines = [Line(number, *_two(row)) for number, row in cells if any(map(str.strip, row))]
    lines = list(dropwhile(_is_heading, lines))
    targets = targets_of({line.leads_to for line in lines if line.leads_to})
    first: dict[str, Line] = {}
    for line in lines:
        _judge(line, targets, first)
    for row in _stored(first):
        line = first[row.key]
        before = Target.of(row)
        line.row = row
        line.step = Step.LEAVE if before == line.target else Step.CHANGE
        line.before = before if line.step is Step.CHANGE else None
    return lines


def _two(row: Sequence[str]) -> tuple[str, str]:
    address, leads_to, *_more = [*(cell.strip() for cell in row), "", ""]
    return address, leads_to


def _is_heading(line: Line) -> bool:
    return not any(sign in f"{line.address}{line.leads_to}" for sign in "/.")


def _judge(line: Line, targets: Mapping[str, Target | NoTarget], first: dict[str, Line]) -> None:
    """Say what is wrong with a line, or note it as the first one with its address."""
    try:
        target = _target_of(line, targets)
        line.address = address_of_old_site(line.address)
        if isinstance(target, NoTarget):
            raise target
    except (NoOldAddress, NoTarget) as refusal:
        line.why = str(refusal)
        return
    earlier = first.setdefault(key_of(line.address), line)
    if earlier is line:
        line.step, line.target = Step.ADD, target
    elif earlier.target == target:
        line.step = Step.LEAVE
    else:
        line.why = _("Line %(number)d has the same address, and leads elsewhere.") % {
            "number": earlier.number
        }


def _target_of(line: Line, targets: Mapping[str, Target | NoTarget]) -> Target | NoTarget:
    """Return where a line leads, or why that is nowhere.

    Raises:
        NoTarget: its two cells are not what they should be.
    """
    if "\n" in f"{line.address}{line.leads_to}":
        raise NoTarget(
            _("A quotation mark is not closed here: the lines that follow were read as one cell.")
        )
    if not line.address:
        raise NoTarget(_("It does not say which old address is meant."))
    if not line.leads_to:
        raise NoTarget(_("It does not say where the address leads."))
    target = targets[line.leads_to]
    # That of this site first: only what is no page of this site can be an old address.
    if isinstance(target, NoTarget) and line.address.startswith("/") and is_ours(line.address):
        raise NoTarget(
            _("The old address comes first, and then the page of this site: here it is reversed.")
        )
    return target


class NoOldAddress(ValueError):
    """Something cannot be an address of the old site; its message is a sentence for an editor."""


def address_of_old_site(typed: str) -> str:
    """Return an address of the old site as it is stored.

    Raises:
        NoOldAddress: it is none, or this site has pages there itself.
    """
    words = {"address": typed.strip()[:LONGEST]}
    try:
        address = typed_address(typed)
    except NoAddress:
        raise NoOldAddress(
            _(
                "“%(address)s” is no address of a page. It looks like /pages/index.php?id=12, and "
                "has at most %(most)d characters."
            )
            % (words | {"most": LONGEST})
        ) from None
    if is_ours(address):
        raise NoOldAddress(
            _("“%(address)s” is an address of this site itself: a page answers there.") % words
        )
    return address


def _stored(keys: Collection[str]) -> Iterable[OldAddress]:
    rows = OldAddress.objects.select_related("article", "topic")
    for some in _parts(sorted(keys)):
        yield from rows.filter(key__in=some)


@transaction.atomic
def carry_out(cells: Iterable[tuple[int, Sequence[str]]], *, by: User) -> list[Line]:
    """Import what can be imported, and return what became of each line; see ``plan_import``.

    Whoever does the same twice changes nothing the second time.
    """
    clock.take_turn()
    lines = plan_import(cells)
    new = [_row_of(line) for line in lines if line.step is Step.ADD]
    changed = [_row_of(line) for line in lines if line.step is Step.CHANGE]
    if new:
        OldAddress.objects.bulk_create(new, batch_size=AT_A_TIME)
    if changed:
        OldAddress.objects.bulk_update(
            changed, ["article", "topic", "language", "path"], batch_size=100
        )
    for rows, flag in ((new, ADDITION), (changed, CHANGE)):
        if rows:
            LogEntry.objects.log_actions(by.pk, rows, flag)
    if new or changed:
        audit.record(
            audit.Act.SETTINGS_CHANGED, by=by, about=OldAddress, rows=len(new) + len(changed)
        )
    return lines


def _row_of(line: Line) -> OldAddress:
    """Return the row of a line, as it is to be stored."""
    assert line.target is not None
    row = line.row or OldAddress(address=line.address, key=key_of(line.address))
    row.article, row.topic = line.target.article, line.target.topic
    row.language, row.path = line.target.language, line.target.path
    return row
