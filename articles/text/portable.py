"""HTML that can stand anywhere, as in a feed or a file. Pure: takes text, returns text.

It takes what our own templates have made of sanitised text, in which every ">" that ends no tag is
written "&gt;" and every attribute stands in double quotes.
"""

import re
from html import escape

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?([a-z][a-z0-9]*)")
_ATTRIBUTE = re.compile(r'\s([a-z-]+)(?:="([^"]*)")?')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

VOID = {"br", "col", "hr", "img", "input", "source", "track", "wbr"}
# Taken out with all that is in them: what is drawn, what acts, and by their classes what says
# something about the page alone.
_DROPPED = {"svg", "script", "style", "form", "template", "button"}
_DROPPED_CLASSES = {"address", "hint", "on-paper", "on-screen", "back"}
# What elements keep; no id, no class and nothing that refers to one.
_KEPT = {
    "alt", "cite", "colspan", "controls", "datetime", "dir", "height", "href", "hreflang", "kind",
    "label", "lang", "poster", "preload", "rel", "reversed", "rowspan", "scope", "sizes", "span",
    "src", "srclang", "srcset", "start", "title", "type", "value", "width",
}  # fmt: skip
_ADDRESSES = {"href", "poster", "src"}


def portable(html: str, site: str, page: str) -> str:
    """Return HTML with absolute addresses and without what only its page gives a meaning.

    Args:
        site: the URL of the site, without a slash at its end.
        page: the URL of the page, to which addresses of its own parts lead.
    """
    kept: list[str] = []
    # How deep within something that is dropped.
    depth = 0
    for number, part in enumerate(_TAG.split(_COMMENT.sub("", html))):
        found = _NAME.match(part) if number % 2 else None
        if found is None:
            if not depth:
                kept.append(part)
            continue
        name, is_end = found[1], part[1] == "/"
        if depth:
            if name not in VOID and not part.endswith("/>"):
                depth += -1 if is_end else 1
            continue
        if is_end:
            kept.append(part)
            continue
        attributes = dict(_ATTRIBUTE.findall(part))
        classes = set(attributes.get("class", "").split())
        if name in _DROPPED or classes & _DROPPED_CLASSES:
            depth = 0 if name in VOID or part.endswith("/>") else 1
            continue
        kept.append(f"<{name}{_written(attributes, site, page)}>")
    return re.sub(r"\s*\n\s*", "\n", "".join(kept)).strip()


def _written(attributes: dict[str, str], site: str, page: str) -> str:
    written = []
    for name, value in attributes.items():
        if name not in _KEPT:
            continue
        if name in _ADDRESSES:
            value = _absolute(value, site, page)
        elif name == "srcset":
            value = re.sub(r"(^|,\s*)/(?!/)", rf"\1{site}/", value)
        written.append(f' {name}="{value}"')
    return "".join(written)


def _absolute(address: str, site: str, page: str) -> str:
    if address.startswith("#"):
        return escape(page) + address
    return site + address if address.startswith("/") and address[1:2] != "/" else address
