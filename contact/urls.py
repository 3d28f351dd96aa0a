from django.urls import path
from django.utils.translation import pgettext_lazy

from contact import views

app_name = "contact"

urlpatterns = [
    path(pgettext_lazy("url", "contact/"), views.contact, name="contact"),
    path(pgettext_lazy("url", "contact/received/<str:token>/"), views.received, name="received"),
    path(pgettext_lazy("url", "privacy/"), views.privacy, name="privacy"),
]
