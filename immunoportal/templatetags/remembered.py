"""Parts of templates that are rendered once in a moment of the publication clock."""

from django import template
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from immunoportal import navigation
from immunoportal.publication import clock

register = template.Library()


class RememberNode(template.Node):
    # Django looks for blocks in all of a template each time; there are none in here.
    child_nodelists = ()

    def __init__(self, nodelist: NodeList, name: str, depends: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.name = name
        self.depends = depends

    def render(self, context: Context) -> SafeString:
        on = tuple(expression.resolve(context) for expression in self.depends)
        key = ("template", self.name, get_language(), *on)
        return clock.remember(key, lambda: self.nodelist.render(context))


@register.tag
def remember(parser: Parser, token: Token) -> RememberNode:
    """Render what stands between ``{% remember name … %}`` and ``{% endremember %}`` once in a
    moment, a language, and for each value of what else is named.

    What it shows must not depend on more than that, and no value may come from a stranger.
    """
    _tag, name, *depends = token.split_contents()
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return RememberNode(nodelist, name, [parser.compile_filter(each) for each in depends])


@register.simple_tag
def recalled(name: str) -> SafeString:
    """Return what a page has last rendered under a name with ``{% remember %}`` in this process;
    nothing is asked of the database."""
    rendered: SafeString = clock.recall(("template", name, get_language())) or mark_safe("")
    return rendered


@register.simple_tag(takes_context=True)
def current_entry(context: Context) -> str:
    """Return the address of the page if the navigation leads to it; empty otherwise."""
    return navigation.current(context["request"].path)
