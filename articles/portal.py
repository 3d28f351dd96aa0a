"""What the articles offer to the portal."""

from articles.desk import history
from articles.images import renditions, withdrawal
from articles.models import presence
from articles.models.editions import boundaries
from articles.publishing import verbs
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[
        Job("renditions", renditions.make_next, every=2),
        Job("withdrawn files", withdrawal.erase_rest, every=60),
        Job("presence", presence.delete_old, every=3600),
    ],
    recent=[history.recent],
    personal_data={"editions": verbs.published_by},
    boundaries=[boundaries],
)
