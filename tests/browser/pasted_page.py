"""A page of 1,200 words, as different programs put it on the clipboard.

The text is the first article's, and what it has not: lists within lists, superscripts, a table.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from articles.launch_content import DIRECTORY

PASTE = """(element, forms) => {
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(forms)) data.setData(type, text);
  element.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}),
  );
}"""

# A part: its kind, and what is in it. Texts hold <b>, <i>, <sup> and <sub>, and nothing else.
Part = tuple[str, Any]
# The items of a list: their text, and the items beneath.
Items = list[tuple[str, Any]]

LISTED: list[tuple[str, Items]] = [
    ("Prima di ogni infusione il centro controlla:", [
        ("i globuli bianchi (da 4 a 10 × 10<sup>9</sup>/L)", [
            ("i linfociti CD8<sup>+</sup> e CD4<sup>+</sup>", []),
            ("i neutrofili, se c’è <b>febbre</b>", []),
        ]),
        ("la tiroide", [("il TSH", []), ("la FT<sub>4</sub>", [])]),
        ("il fegato e i reni", []),
    ]),
]  # fmt: skip
STEPS: Items = [
    ("misuri la temperatura e se la annoti", []),
    ("chiami il numero della <b>tessera</b>, <i>anche di notte</i>", [
        ("dica quale farmaco riceve", []),
        ("dica quando è stata l’ultima infusione", []),
    ]),
    ("non prenda cortisone senza averne parlato con il suo medico", []),
]  # fmt: skip
TABLE = [
    ["Organo", "Che cosa si nota", "Su 100 persone", "Che cosa fare"],
    ["Pelle", "macchie, prurito", "30", "una crema, e lo si dice alla visita"],
    ["Intestino", "più di tre scariche al giorno", "15", "chiamare lo stesso giorno"],
    ["Polmoni", "tosse secca, respiro corto", "4", "chiamare <b>subito</b>"],
    ["Tiroide", "stanchezza, freddo", "10", "un esame del sangue"],
]
CAPTION = "Gli effetti più comuni degli inibitori PD-1"
MORE = (
    "Gli effetti indesiderati possono comparire dopo poche settimane oppure dopo molti mesi, "
    "anche quando la cura è finita. Quasi tutti si curano bene se vengono riconosciuti presto: "
    "per questo ogni segno nuovo va detto al centro, anche se sembra non avere a che fare con la "
    "terapia. Chi riceve due farmaci insieme ne ha più spesso di chi ne riceve uno solo "
    "(55&nbsp;% contro 16&nbsp;%), e più spesso gravi. Il medico può sospendere la cura, dare "
    "cortisone (1&nbsp;mg/kg) e, quando il disturbo è passato, decidere con lei se riprenderla. "
    "Molte persone, una volta guarite dall’effetto indesiderato, continuano a stare bene: "
    "le cellule che hanno imparato a riconoscere il tumore restano, e ricordano."
)
STORY = (
    "Nel sangue circolano, per ogni litro, circa 2 × 10<sup>9</sup> linfociti. Ognuno porta un "
    "solo recettore, e fra tutti ne esistono più di 10<sup>7</sup> diversi: è così che il "
    "corpo può riconoscere anche ciò che non ha mai incontrato. Quando una cellula trova il suo "
    "antigene si divide ogni dodici ore, e in una settimana da una ne nascono migliaia. "
    "Poi quasi tutte muoiono, e le poche che restano sono la <i>memoria</i>. Il tumore sfrutta "
    "proprio i freni che servono a fermarle: i <b>checkpoint</b>, come CTLA-4 e PD-1. Gli "
    "anticorpi che li bloccano non colpiscono dunque il tumore, ma tolgono il freno a chi lo "
    "colpisce; ed è anche il motivo per cui talvolta viene colpito un organo sano. Fra gli "
    "studi che lo hanno mostrato, i più noti riguardano il melanoma, il polmone e il rene: "
    "dopo cinque anni era in vita più di una persona su tre, contro una su venti di prima. Non "
    "tutti rispondono, e nessun esame lo dice con certezza prima di cominciare: per questo dopo "
    "tre mesi una TAC mostra se la terapia funziona, e insieme si decide come continuare."
)


def paste(text, **forms) -> None:
    """Paste into a field what a program has put on the clipboard, by the name of its form."""
    text.evaluate(PASTE, {f"text/{kind}": value for kind, value in forms.items()})


def page() -> list[Part]:
    """Return the parts of the page, in order."""
    parts: list[Part] = []
    for section in json.loads((DIRECTORY / "article.json").read_text("utf-8"))["it"]["sections"]:
        if section.get("heading"):
            parts.append(("h1", html.escape(section["heading"], quote=False)))
        parts += [("p", html.escape(text, quote=False)) for text in section["paragraphs"]]
    parts += [("h1", "Che cosa si controlla"), ("p", STORY)]
    for words, items in LISTED:
        parts += [("p", words), ("ul", items)]
    parts += [("h2", "Gli effetti indesiderati"), ("p", MORE), ("table", TABLE)]
    return [*parts, ("h2", "Se ha la febbre"), ("ol", STEPS), ("p", "E poi venga al centro.")]


def words_of(text: str) -> list[str]:
    return html.unescape(re.sub(r"<[^>]+>", "", text)).split()


def words_in(parts: list[Part]) -> list[str]:
    """Return the words of the page in the order in which a reader meets them."""
    found: list[str] = []

    def items(listed) -> None:
        for text, inner in listed:
            found.extend(words_of(text))
            items(inner)

    for kind, what in parts:
        if kind in ("ul", "ol"):
            items(what)
        elif kind == "table":
            found.extend(words_of(CAPTION))
            for cell in (cell for row in what for cell in row):
                found.extend(words_of(cell))
        else:
            found.extend(words_of(what))
    return found


def _table(row_tag: Callable[[str], str], cell_tag: Callable[[str, int], str]) -> str:
    return "".join(
        row_tag("".join(cell_tag(cell, number) for cell in row)) for number, row in enumerate(TABLE)
    )


def from_browser() -> str:
    """As Chromium copies it from a web page."""

    def items(tag, listed) -> str:
        inner = (f"<li>{text}{items('ul', below) if below else ''}</li>" for text, below in listed)
        return f"<{tag}>{''.join(inner)}</{tag}>"

    look = 'style="color: rgb(33, 43, 50); font-family: Arial; font-weight: 400;"'
    made: list[str] = []
    for kind, what in page():
        if kind in ("ul", "ol"):
            made.append(items(kind, what))
        elif kind == "table":
            rows = _table(
                lambda row: f"<tr>{row}</tr>",
                lambda cell, row: f"<td>{cell}</td>" if row else f"<th>{cell}</th>",
            )
            made.append(f"<table><caption>{CAPTION}</caption><tbody>{rows}</tbody></table>")
        else:
            made.append(f"<{kind} {look}>{what}</{kind}>")
    return f"<html><body><!--StartFragment-->{''.join(made)}<!--EndFragment--></body></html>"


def from_google_docs() -> str:
    """As Google Docs has it: every format is a style, and all of it stands in a bold wrapper."""
    styles = {"b": "font-weight:700", "i": "font-style:italic", "sup": "vertical-align:super",
              "sub": "vertical-align:sub"}  # fmt: skip

    def spans(text: str) -> str:
        plain = (
            "font-size:11pt;color:#000000;font-weight:400;font-style:normal;white-space:pre-wrap;"
        )
        pieces = re.split(r"<(b|i|sup|sub)>(.*?)</\1>", text)
        made: list[str] = []
        for index in range(0, len(pieces), 3):
            if pieces[index]:
                made.append(f'<span style="{plain}vertical-align:baseline;">{pieces[index]}</span>')
            if index + 1 < len(pieces):
                style = styles[pieces[index + 1]]
                made.append(f'<span style="{plain}{style};">{pieces[index + 2]}</span>')
        return "".join(made)

    def items(tag, listed, level=1) -> str:
        made: list[str] = []
        for text, below in listed:
            made.append(
                f'<li dir="ltr" style="list-style-type:disc;" aria-level="{level}">'
                f'<p dir="ltr" role="presentation">{spans(text)}</p></li>'
            )
            if below:
                made.append(items("ul", below, level + 1))
        return f'<{tag} style="margin-top:0;margin-bottom:0;">{"".join(made)}</{tag}>'

    made: list[str] = []
    for kind, what in page():
        if kind in ("ul", "ol"):
            made.append(items(kind, what))
        elif kind == "table":
            rows = _table(
                lambda row: f'<tr style="height:0pt">{row}</tr>',
                lambda cell, _row: (
                    f'<td style="vertical-align:top;"><p dir="ltr">{spans(cell)}</p></td>'
                ),
            )
            made.append(f'<div dir="ltr" align="left"><table><tbody>{rows}</tbody></table></div>')
        else:
            made.append(f'<{kind} dir="ltr" style="line-height:1.38;">{spans(what)}</{kind}><br />')
    return (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-9d2f">'
        f'{"".join(made)}</b><br class="Apple-interchange-newline">'
    )


def from_word() -> str:
    """As Word has it: items are paragraphs with a bullet that was typed for them."""
    blanks = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp; </span>"

    def items(number: int, is_ordered: bool, listed, level=1) -> Iterator[str]:
        for place, (text, below) in enumerate(listed, start=1):
            sign = f"{place}." if is_ordered else "·o§"[level - 1]
            yield (
                "<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;"
                f"mso-list:l{number} level{level} lfo{number + 1}'><![if !supportLists]>"
                f"<span style='mso-list:Ignore'>{sign}{blanks}</span><![endif]>"
                f"{text}<o:p></o:p></p>\n"
            )
            yield from items(number, False, below, level + 1)

    made: list[str] = []
    for number, (kind, what) in enumerate(page()):
        if kind in ("ul", "ol"):
            made += items(number, kind == "ol", what)
        elif kind == "table":
            made.append(f"<p class=MsoCaption>{CAPTION}<o:p></o:p></p>\n")
            rows = _table(
                lambda row: f" <tr style='mso-yfti-irow:0'>{row}</tr>\n",
                lambda cell, _row: f"<td width=120><p class=MsoNormal>{cell}<o:p></o:p></p></td>\n",
            )
            made.append(f"<table class=MsoTableGrid border=1 cellspacing=0>\n{rows}</table>\n")
        else:
            # Word breaks its lines where it likes.
            lines = what.replace(" e ", "\ne ")
            attributes = " class=MsoNormal" if kind == "p" else ""
            made.append(f"<{kind}{attributes}>{lines}<o:p></o:p></{kind}>\n\n")
            made.append("<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n")
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>'
        '<meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm;} -->'
        "</style></head><body lang=IT><!--StartFragment-->\n"
        f"{''.join(made)}<!--EndFragment--></body></html>"
    )


FROM = {"a browser": from_browser, "Google Docs": from_google_docs, "Word": from_word}
