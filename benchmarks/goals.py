"""Prints what the benchmarks have measured last, beside what was and what is to be, in Markdown.

    .venv/bin/python benchmarks/goals.py

Reads ``history.csv``: of each figure the newest row, by its median. A dash is what nobody has
measured.
"""

import csv

from harness import HISTORY

LARGE = "{}, 100000 articles"

# What is measured; what it was before there was a page cache; what it is to be; the figure's name
# in the history, after that of the database (or with it).
ROWS = [
    ("article from the cache", "57 × bare", "≤ 1.1 × bare", "article, cached, gzip (× bare)"),
    ("– as identity", "", "", "article, cached, identity (× bare)"),
    ("– as Brotli", "", "", "article, cached, br (× bare)"),
    ("– 304", "57 × bare", "≤ 1.1 × bare", "article, cached, 304 (× bare)"),
    ("– HEAD", "", "", "article, cached, HEAD (× bare)"),
    ("home from the cache", "", "≤ 1.1 × bare", "home, cached, gzip (× bare)"),
    ("list from the cache", "", "≤ 1.1 × bare", "list, cached, gzip (× bare)"),
    ("topic from the cache", "", "≤ 1.1 × bare", "topic, cached, gzip (× bare)"),
    (
        "article, not stored", "2.9 × plain", "≤ 1.25 × plain",
        "article, not stored, gzip (× plain)",
    ),
    (
        "– after a change", "2.9 × plain", "≤ 1.25 × plain",
        "article, after a change, gzip (× plain)",
    ),
    ("home, not stored", "2.7 × plain", "≤ 1.25 × plain", "home, not stored, gzip (× plain)"),
    ("– after a change", "2.7 × plain", "≤ 1.25 × plain", "home, after a change, gzip (× plain)"),
    ("list, not stored", "1.9 × plain", "≤ 1.25 × plain", "list, not stored, gzip (× plain)"),
    ("– after a change", "1.9 × plain", "≤ 1.25 × plain", "list, after a change, gzip (× plain)"),
    ("topic, not stored", "2.6 × plain", "≤ 1.25 × plain", "topic, not stored, gzip (× plain)"),
    ("– after a change", "2.6 × plain", "≤ 1.25 × plain", "topic, after a change, gzip (× plain)"),
    ("article, queries", "4", "≤ 4", "article, not stored, gzip (queries)"),
    ("– after a change", "4", "≤ 4", "article, after a change, gzip (queries)"),
    ("home, queries", "5–7", "≤ 5", "home, not stored, gzip (queries)"),
    ("– after a change", "5–7", "≤ 5", "home, after a change, gzip (queries)"),
    ("list, queries", "5–7", "≤ 5", "list, not stored, gzip (queries)"),
    ("– after a change", "5–7", "≤ 5", "list, after a change, gzip (queries)"),
    ("topic, queries", "5–7", "≤ 5", "topic, not stored, gzip (queries)"),
    ("– after a change", "5–7", "≤ 5", "topic, after a change, gzip (queries)"),
    ("picture", "0.9 × plain", "≤ 3 × bare", "picture, whole (× bare)"),
    ("– 304", "", "", "picture, 304 (× bare)"),
    ("static file", "", "", "static, br (× bare)"),
    ("reserved area", "", "", "reserved, gzip (× plain)"),
    ("contact page", "", "", "contact, gzip (× plain)"),
    ("404", "", "", "not found, gzip (× plain)"),
    ("old address", "", "", "moved, identity (× plain)"),
    ("home at 100,000 articles", "50–58 × 200", "< 1.5 × 200", f"{LARGE}: home (× 200)"),
    ("– after a change", "50–58 × 200", "< 1.5 × 200", f"{LARGE}: home, after a change (× 200)"),
    ("list", "50–58 × 200", "< 1.5 × 200", f"{LARGE}: list, first page (× 200)"),
    ("– after a change", "", "", f"{LARGE}: list, first page, after a change (× 200)"),
    ("list, last page", "100 × 200", "< 1.5 × 200", f"{LARGE}: list, last page (× 200)"),
    ("topic", "", "< 1.5 × 200", f"{LARGE}: topic, first page (× 200)"),
    ("admin list, filtered by state", "1,500 ms", "< 150 ms", f"{LARGE}: admin list, live (ms)"),
    ("ledger at 200,000 mails", "", "< 1.5 × 200", f"{LARGE}: ledger (× 200)"),
    ("mail job at 200,000", "6 % of a core", "nothing", f"{LARGE}: mail job, nothing to do (ms)"),
    ("behind nginx", "", "≥ 0.8 × file", "behind nginx, gzip (× file, by processor time)"),
    ("told → first new page", "", "at once", "told → first new page (ms)"),
    ("old pages after told", "", "0", "old pages after told"),
    (
        "hits while an editor publishes each second", "", "",
        "an editor publishes each second: hits (%)",
    ),
    ("soak: answers", "", "", "soak: answers"),
    ("soak: errors", "", "0", "soak: errors"),
    ("soak: stale after told", "", "0", "soak: stale"),
    ("soak: early", "", "0", "soak: early"),
    ("soak: memory, first third (MB)", "", "", "soak: memory, first third (MB)"),
    ("soak: memory, last third (MB)", "", "flat", "soak: memory, last third (MB)"),
]  # fmt: skip


def newest() -> dict[str, float]:
    """Return the median of each figure, as it was measured last."""
    with HISTORY.open(newline="") as file:
        return {row["figure"]: float(row["median"]) for row in csv.DictReader(file)}


def shown(value: float | None, figure: str) -> str:
    if value is None:
        return "–"
    for unit in ("× bare", "× plain", "× file", "× 200"):
        if unit in figure:
            return f"{value:.2f} {unit}"
    if "(ms)" in figure:
        return f"{value:.1f} ms"
    return f"{value:.0f}"


def main() -> None:
    figures = newest()
    print("| | before | goal | now, SQLite | now, PostgreSQL |")
    print("|---|---|---|---|---|")
    for name, before, goal, figure in ROWS:
        named = figure if "{}" in figure else "{}: " + figure
        now = [
            shown(figures.get(named.format(database)), figure)
            for database in ("sqlite", "postgresql")
        ]
        print("| " + " | ".join([name, before or "–", goal or "–", *now]) + " |")


if __name__ == "__main__":
    main()
