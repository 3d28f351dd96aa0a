from django import template

from accounts.models import Registration

register = template.Library()


@register.simple_tag
def registration_of(user) -> Registration | None:
    """What a user has declared as a health professional, and what became of it."""
    if not user.is_authenticated:
        return None
    return Registration.objects.filter(user=user).first()
