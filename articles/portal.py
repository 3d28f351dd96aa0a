"""What the articles offer to the portal."""

from articles.desk import first_page, history
from articles.images import renditions
from articles.models.editions import boundaries
from articles.publishing import verbs
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[Job("renditions", renditions.make_next, every=2)],
    beginnings=[first_page.beginnings],
    waiting=[first_page.waiting],
    worked_on=[first_page.worked_on],
    recent=[history.recent],
    personal_data={"editions": verbs.published_by},
    boundaries=[boundaries],
)
