"""What has to be said of a page that is withdrawn, and not only for now."""

from django.utils.translation import gettext as _

from articles.models import Article, Edition
from articles.models.editions import Withdrawal
from articles.publishing.completeness import Missing
from immunoportal.languages import phrase

LONGEST: int = Edition._meta.get_field("withdrawal_sentence").max_length or 0


def lacking(
    edition: Edition, withdrawn_as: Withdrawal | None, sentence: str, into: Article | None
) -> list[Missing]:
    """Return what has not been said of a withdrawal before it can be done.

    Whoever goes on to withdraw takes a turn first (``clock.take_turn``): two pages that become part
    of each other at the same time would lead their readers in a circle. One after the other they
    cannot, since the page that is merged into must be live.

    Args:
        edition: that is live.
        sentence: for the readers of what was wrong.
        into: the article that a page becomes part of.
    """
    if withdrawn_as == Withdrawal.WRONG:
        if not sentence:
            message = _("Tell the readers of the page %(language)s what was wrong, in a sentence.")
            return [Missing(message % {"language": phrase(edition.language)}, "sentence")]
        if len(sentence) > LONGEST:
            return [Missing(_("The sentence for readers is too long."), "sentence")]
    if withdrawn_as == Withdrawal.MERGED:
        refusal = _refusal_of(edition, into)
        if refusal:
            return [Missing(refusal, "into")]
    return []


def _refusal_of(edition: Edition, into: Article | None) -> str:
    """Say why a page cannot become part of an article; empty if it can."""
    if into is None:
        return _("Choose the article that it has become part of.")
    if into.pk == edition.article_id:
        return _("It cannot become part of itself: choose another article.")
    live = into.editions.live().in_language(edition.language)
    page = live.defer("content", "plain_text").first()
    words = {"title": into, "language": phrase(edition.language)}
    if page is None:
        return (
            _(
                "“%(title)s” is not published %(language)s: readers would be led to nothing. "
                "Publish it first."
            )
            % words
        )
    if edition.is_public and not page.is_public:
        return _("“%(title)s” is for health professionals: other readers may not read it.") % words
    return ""
