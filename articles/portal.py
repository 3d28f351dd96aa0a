"""What the articles offer to the portal."""

from articles.desk import history
from articles.images import renditions
from articles.models.editions import boundaries
from articles.publishing import verbs
from articles.reading import redirects
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[Job("renditions", renditions.make_next, every=2)],
    recent=[history.recent],
    personal_data={"editions": verbs.published_by},
    old_addresses=[redirects.answer],
    boundaries=[boundaries],
)
