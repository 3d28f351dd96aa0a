"""The one way in which an app registers with the portal: a module ``portal.py`` with an ``offer``.

The foundation imports no app. It finds the offers by the list of installed apps, when they are
first asked for, so that an app only declares what it has::

    offer = Offer(
        jobs=[Job("retention", inbox.empty_old_messages, every=3600)],
        personal_data={"messages": inbox.messages_of},
        waiting=[inbox.waiting],
    )
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import module_has_submodule

from immunoportal.actors import User
from immunoportal.sitemaps import File, Files

logger = logging.getLogger(__name__)

# The last one and the next one.
Boundaries = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Job:
    """A kind of work that the worker does.

    Attributes:
        name: for the log.
        do_next: does one piece of work and returns whether there was any.
        every: seconds to rest when there was none.
        threads: how many pieces may be under way at a time, in one process.
    """

    name: str
    do_next: Callable[[], bool]
    every: float
    threads: int = 1


@dataclass(frozen=True)
class Alert:
    """A sentence on the admin's first page.

    Attributes:
        text: what the matter is.
        url: where something can be done about it, if anywhere in the admin.
        is_urgent: whether something has failed, and not only waits.
    """

    text: str
    url: str = ""
    is_urgent: bool = False


@dataclass(frozen=True)
class Beginning:
    """A button on the admin's first page: new work that a user may begin."""

    text: str
    url: str


@dataclass(frozen=True)
class Waiting:
    """A number on the admin's first page: so many of something wait for whoever reads it.

    Attributes:
        count: how many.
        text: of what, without the number: "unpublished changes in Italian".
        url: the list of exactly these.
        is_urgent: whether something has failed, and not only waits.
    """

    count: int
    text: str
    url: str
    is_urgent: bool = False


@dataclass(frozen=True)
class Deed:
    """Something that a user did, or worked on, as the admin's first page tells it.

    Attributes:
        at: when.
        about: the name of the row that it was done to.
        text: what it was, in the active language.
        url: where the row is in the admin, if it is still there.
    """

    at: datetime
    about: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Offer:
    """What an app offers to the portal.

    Attributes:
        jobs: what the worker does for it.
        personal_data: functions that return a user's data (GDPR, articles 15 and 20) as plain
            values for JSON, by the name of the section in the file.
        erasures: functions that delete what is a user's alone, when the account is erased.
        alerts: functions that return the alerts that a user sees.
        beginnings: functions that return what new work a user may begin.
        waiting: functions that return the numbers of what waits for a user, of those kinds only
            that the user may act on. Each number costs one query at most, however much there is.
        worked_on: functions that return what a user worked on last, each thing once, at most so
            many.
        recent: functions that return what a user did last, at most so many deeds.
        confidential_mails: the kinds of mails with a link that lets somebody in; their text is
            for superusers only.
        internal_mails: the kinds of mails about a user that go to somebody else.
        old_addresses: functions that answer a request for an address that this site does not have,
            or return ``None`` where they know of none; see ``answer_elsewhere``.
        boundaries: functions that return the last moment, not later than a given one, and the next
            one after it, at which what readers see changes by itself; ``None`` where there is none.
        site_pages: functions that return the address of a page of the site in a language, by what
            it is about ("privacy"), or ``None`` where it is not live.
        sitemaps: functions that return the files of the sitemap in a language, by the kind of page,
            as the addresses of the files name it.
        not_crawled: the names of the addresses with which begins what crawlers should not ask for.
    """

    jobs: Sequence[Job] = ()
    personal_data: Mapping[str, Callable[[User], Any]] = field(default_factory=dict)
    erasures: Sequence[Callable[[User], None]] = ()
    alerts: Sequence[Callable[[User], list[Alert]]] = ()
    beginnings: Sequence[Callable[[User], list[Beginning]]] = ()
    waiting: Sequence[Callable[[User], list[Waiting]]] = ()
    worked_on: Sequence[Callable[[User, int], list[Deed]]] = ()
    recent: Sequence[Callable[[User, int], list[Deed]]] = ()
    confidential_mails: Set[str] = frozenset()
    internal_mails: Set[str] = frozenset()
    old_addresses: Sequence[Callable[[HttpRequest], HttpResponse | None]] = ()
    boundaries: Sequence[Callable[[datetime], Boundaries]] = ()
    site_pages: Sequence[Callable[[str, str], str | None]] = ()
    sitemaps: Mapping[str, Files] = field(default_factory=dict)
    not_crawled: Sequence[str] = ()


@cache
def offers() -> tuple[Offer, ...]:
    """Return the offers of all installed apps, in their order."""
    return tuple(
        import_module(f"{config.name}.portal").offer
        for config in apps.get_app_configs()
        if module_has_submodule(config.module, "portal")
    )


def jobs() -> list[Job]:
    """Return all that the worker has to do."""
    return [job for offer in offers() for job in offer.jobs]


def personal_data_of(user: User) -> dict[str, Any]:
    """Return all that is kept about a user, by the name of the section."""
    return {
        name: collect(user) for offer in offers() for name, collect in offer.personal_data.items()
    }


def erase(user: User) -> None:
    """Delete what is a user's alone, in all apps."""
    for offer in offers():
        for forget in offer.erasures:
            forget(user)


@dataclass
class FirstPage:
    """What the admin's first page tells a user, of all that apps offer for it.

    Attributes:
        alerts: sentences.
        beginnings: buttons.
        waiting: numbers of what waits, without those that are zero; urgent ones first.
        worked_on: what the user worked on, the last first.
        recent: what the user did, the last first.
        is_whole: whether every app could say what it has to say.
    """

    alerts: list[Alert] = field(default_factory=list)
    beginnings: list[Beginning] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    worked_on: list[Deed] = field(default_factory=list)
    recent: list[Deed] = field(default_factory=list)
    is_whole: bool = True


def first_page(user: User, most_worked_on: int, most_deeds: int) -> FirstPage:
    """Return what the admin's first page tells a user.

    What fails is logged and left out: the page is the way to everything else.
    """
    page = FirstPage()

    def gather(kind: str, *limits: int) -> list[Any]:
        found: list[Any] = []
        for provide in (each for offer in offers() for each in getattr(offer, kind)):
            try:
                found += provide(user, *limits)
            except Exception:
                logger.exception("The first page of the admin lacks %s of %s", kind, provide)
                page.is_whole = False
        return found

    page.alerts = gather("alerts")
    page.beginnings = gather("beginnings")
    numbers = [number for number in gather("waiting") if number.count]
    page.waiting = sorted(numbers, key=attrgetter("is_urgent"), reverse=True)
    page.worked_on = _newest(gather("worked_on", most_worked_on), most_worked_on)
    page.recent = _newest(gather("recent", most_deeds), most_deeds)
    return page


def _newest(deeds: list[Deed], most: int) -> list[Deed]:
    return sorted(deeds, key=attrgetter("at"), reverse=True)[:most]


def answer_elsewhere(request: HttpRequest) -> HttpResponse | None:
    """Answer a request for an address that this site does not have, if an app knows where it leads.

    Raises:
        Http404: it leads to something that is not there now; the ``context`` may offer more.
    """
    for offer in offers():
        for answer in offer.old_addresses:
            response = answer(request)
            if response is not None:
                return response
    return None


def site_page_url(key: str, language: str) -> str | None:
    """Return the address of a page of the site in a language, if an app has one that is live.

    Args:
        key: what the page is about, such as "privacy".
    """
    for offer in offers():
        for url_of in offer.site_pages:
            url = url_of(key, language)
            if url is not None:
                return url
    return None


def boundaries(moment: datetime) -> Boundaries:
    """Return when something public last began or ended by itself, and when it next will.

    Args:
        moment: what begins at this very moment counts as begun.
    """
    found = [boundaries(moment) for offer in offers() for boundaries in offer.boundaries]
    last = max((last for last, _next in found if last), default=None)
    following = min((following for _last, following in found if following), default=None)
    return last, following


def confidential_mails() -> set[str]:
    """Return the kinds of mails whose text is for superusers only."""
    return {kind for offer in offers() for kind in offer.confidential_mails}


def internal_mails() -> set[str]:
    """Return the kinds of mails about a user that go to somebody else."""
    return {kind for offer in offers() for kind in offer.internal_mails}


def sitemap_files(language: str) -> Iterator[tuple[str, File]]:
    """Yield the files of the sitemap in a language, each with its kind."""
    for offer in offers():
        for kind, files in offer.sitemaps.items():
            for file in files(language):
                yield kind, file


def not_crawled() -> list[str]:
    """Return the names of the addresses with which begins what crawlers should not ask for."""
    return [name for offer in offers() for name in offer.not_crawled]
