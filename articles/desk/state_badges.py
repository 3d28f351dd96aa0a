"""Where a language version or an edition stands, as the desk's lists and pages show it."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.models import Edition, LanguageVersion, Severity
from articles.publishing.states import State, live_edition, state_of
from immunoportal.admin.state_badge import state_badge


def badge_of(version: LanguageVersion) -> SafeString:
    """Return the badge of a version."""
    state = state_of(version)
    live = live_edition(version)
    label = {
        State.LIVE: _("live, no. %(number)s"),
        State.CHANGED: _("live, no. %(number)s, with unpublished changes"),
    }.get(state, str(state.label))
    return state_badge(state.value, label % {"number": live and live.number})


def stale_badge_of(version: LanguageVersion) -> SafeString | str:
    """Return the badge of a version that is behind another language; nothing for all others."""
    if version.stale_since is None or version.stale_severity is None:
        return ""
    severity = Severity(version.stale_severity)
    label = _("behind since %(date)s (%(severity)s)") % {
        "date": date_format(timezone.localtime(version.stale_since), "SHORT_DATE_FORMAT"),
        "severity": severity.label,
    }
    return state_badge("grave" if severity == Severity.SAFETY else "stale", label)


def hold_badge() -> SafeString:
    """Return the badge of a page that is held."""
    return state_badge("grave", _("held"))


def outdated_badge() -> SafeString:
    """Return the badge of a page that is outdated."""
    return state_badge("stale", _("outdated"))


def badge_of_open(edition: Edition) -> SafeString:
    """Return the badge of an edition whose interval has no end yet."""
    state = State.LIVE if edition.is_live else State.SCHEDULED
    return state_badge(state.value, state.label)
