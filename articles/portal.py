"""What the articles offer to the portal."""

from articles import renditions, workflow
from immunoportal.registry import Job, Offer

offer = Offer(
    jobs=[Job("renditions", renditions.make_next, every=2)],
    personal_data={"editions": workflow.published_by},
)
