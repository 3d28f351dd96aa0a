"""What the articles offer to the portal."""

from articles.desk import feedback as desk_feedback
from articles.desk import first_page, history
from articles.files import keeping, leftovers, withdrawal
from articles.images import renditions
from articles.models import editions, presence, searches_in_vain, site_notices
from articles.publishing import drafts, feedback, glossary, search_index, verbs
from articles.reading import cards, leaflet_making, redirects, site_pages, sitemaps
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[
        Job("renditions", renditions.make_next, every=2),
        Job("leaflets", leaflet_making.make_next, every=2),
        Job("missing leaflets", leaflet_making.tidy_up, every=3600),
        Job("drafts", drafts.delete_old, every=3600),
        Job("withdrawn files", withdrawal.erase_rest, every=60),
        Job("abandoned uploads", keeping.delete_abandoned, every=3600),
        Job("leftover files", leftovers.delete_leftovers, every=24 * 3600),
        Job("terms in texts", glossary.note_next, every=5),
        Job("unused cards", cards.delete_unused, every=24 * 3600),
        Job("sentences from readers", feedback.delete_old, every=3600),
        Job("presence", presence.delete_old, every=3600),
        Job("search index", search_index.tidy, every=5),
        Job("searches in vain", searches_in_vain.delete_old, every=24 * 3600),
    ],
    alerts=[first_page.alerts],
    beginnings=[first_page.beginnings],
    waiting=[first_page.waiting, desk_feedback.waiting],
    worked_on=[first_page.worked_on],
    recent=[history.recent],
    personal_data={"editions": verbs.published_by, "drafts": drafts.drafts_of},
    erasures=[drafts.forget, presence.forget],
    old_addresses=[redirects.answer],
    sitemaps=sitemaps.SITEMAPS,
    not_crawled=["articles:search"],
    boundaries=[editions.boundaries, site_notices.boundaries],
    site_pages=[site_pages.site_page_url],
)
