"""The texts of the launch article, of which figures have been published."""

import json
from pathlib import Path

LAUNCH = Path(__file__).resolve().parents[3] / "articles" / "launch" / "article.json"


def launch_text(language: str, *, paragraphs=True) -> str:
    """The lead and the paragraphs, a line for each."""
    article = json.loads(LAUNCH.read_text("utf-8"))[language]
    lines = [article["lead"]]
    for section in article["sections"] if paragraphs else ():
        lines += section["paragraphs"]
    return "\n".join(lines)
