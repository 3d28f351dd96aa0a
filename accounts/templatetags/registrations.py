from django import template
from django.contrib.auth.models import AnonymousUser

from accounts.models import Registration, User

register = template.Library()


@register.simple_tag
def registration_of(user: User | AnonymousUser) -> Registration | None:
    """Return what a user has declared as a health professional, with what became of it."""
    if not user.is_authenticated:
        return None
    return Registration.objects.filter(user=user).first()
