from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from articles.images import renditions
        from articles.publishing import verbs
        from immunoportal import personal_data, worker

        worker.register("renditions", renditions.make_next, every=2)
        personal_data.register("editions", verbs.published_by)
