"""Reading a page as a browser does: elements and their texts, whatever the markup around them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


@dataclass(eq=False)
class Element:
    """An element of a page."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    @property
    def text(self) -> str:
        """All its text, to the letter; a line break is one."""
        if self.name == "br":
            return "\n"
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def words(self) -> str:
        """Its text as it is shown: runs of space are one."""
        return re.sub(r"\s+", " ", self.text).strip()

    def all(self, name: str = "", /, **attributes: str | None):
        """The elements within, in the order of the page; ``None`` asks for the bare attribute."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        for child in self.children:
            if isinstance(child, str):
                continue
            if (not name or child.name == name) and all(
                key in child.attributes and value in (None, child.attributes[key])
                for key, value in wanted.items()
            ):
                yield child
            yield from child.all(name, **attributes)

    def one(self, name: str, /, **attributes: str | None) -> "Element":
        """The only such element within."""
        found = list(self.all(name, **attributes))
        assert len(found) == 1, f"{len(found)} × <{name}> {attributes}"
        return found[0]


class _Parser(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("")]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag in VOID:  # Django 6.1 closes a <meta> of its admin
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def page_of(response) -> Element:
    """The page of a response, all of whose elements must be closed in order."""
    parser = _Parser()
    parser.feed(response.content.decode())
    parser.close()
    assert [element.name for element in parser.open] == [""]
    return parser.open[0]


def links_of(page: Element) -> dict[str, str]:
    """The addresses that a page links to, by the words of the link."""
    return {link.words: link["href"] for link in page.all("a")}


def alternates_of(page: Element) -> dict[str, str]:
    """The language versions that a page names in its head, by ``hreflang``."""
    return {
        link["hreflang"]: link["href"] for link in page.all("link", rel="alternate", hreflang=None)
    }
