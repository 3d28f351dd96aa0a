"""The chart of what readers have answered over a year, as the places of its parts.

The template draws it as SVG, and shows the same figures in a table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONTHS = 12

# All in units of the picture, which are whole numbers: no language writes those with a comma.
WIDTH, HEIGHT = 360, 190
LEFT, TOP, BOTTOM = 34, 12, 146  # of the field in which the bars stand
STEP = 27
BAR = 17


@dataclass(frozen=True)
class Answers:
    """How many readers have answered yes, and how many no."""

    helpful: int = 0
    unhelpful: int = 0

    @property
    def total(self) -> int:
        return self.helpful + self.unhelpful

    @property
    def share(self) -> str:
        """Return the share of those who answered yes, with the numbers it comes from."""
        if not self.total:
            return "–"
        return _("%(percent)d %% (%(helpful)d of %(total)d)") % {
            "percent": round(100 * self.helpful / self.total),
            "helpful": self.helpful,
            "total": self.total,
        }


@dataclass(frozen=True)
class Month:
    """The answers of a month."""

    first: date
    answers: Answers

    @property
    def name(self) -> str:
        return date_format(self.first, "YEAR_MONTH_FORMAT")


@dataclass(frozen=True)
class Line:
    """A line across the chart, and the number of answers at which it stands."""

    y: int
    answers: int


@dataclass(frozen=True)
class Bar:
    """The bar of a month: those who answered yes, and on top of them those who answered no."""

    month: str
    year: str
    x: int
    helpful_y: int
    helpful_height: int
    unhelpful_y: int
    unhelpful_height: int

    @property
    def middle(self) -> int:
        return self.x + BAR // 2


@dataclass(frozen=True)
class Chart:
    """All that is drawn."""

    months: Sequence[Month]
    bars: Sequence[Bar]
    lines: Sequence[Line]

    width, height, left, bar = WIDTH, HEIGHT, LEFT, BAR

    @property
    def total(self) -> Answers:
        return Answers(
            sum(month.answers.helpful for month in self.months),
            sum(month.answers.unhelpful for month in self.months),
        )


def months_until(today: date) -> list[date]:
    """Return the first days of the months that a chart shows, of which the last is today's."""
    last = today.year * 12 + today.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - MONTHS + 1, last + 1)]


def chart_of(answers: Iterable[tuple[date, int, int]], today: date) -> Chart:
    """Return the chart of the months up to today's.

    Args:
        answers: of each month by its first day: how many answered yes and no. Months in which
            nobody answered may be left out.
    """
    known = {first: Answers(helpful, unhelpful) for first, helpful, unhelpful in answers}
    months = [Month(first, known.get(first, Answers())) for first in months_until(today)]
    top = _round_number(max(month.answers.total for month in months))
    lines = [Line(_y(number, top), number) for number in (0, top // 2, top)]
    return Chart(months, [_bar(month, place, top) for place, month in enumerate(months)], lines)


def _bar(month: Month, place: int, top: int) -> Bar:
    helpful_y, all_y = _y(month.answers.helpful, top), _y(month.answers.total, top)
    # At the beginning too, unless a year begins right after it: two would not fit.
    shows_year = month.first.month == 1 or (place == 0 and month.first.month != 12)
    return Bar(
        month=date_format(month.first, "M"),
        year=str(month.first.year) if shows_year else "",
        x=LEFT + 5 + place * STEP,
        helpful_y=helpful_y,
        helpful_height=BOTTOM - helpful_y,
        unhelpful_y=all_y,
        unhelpful_height=helpful_y - all_y,
    )


def _y(answers: int, top: int) -> int:
    return BOTTOM - round((BOTTOM - TOP) * answers / top)


def _round_number(most: int) -> int:
    """Return the even number at which a chart ends whose highest bar is as high as that."""
    numbers = (step * 10**power for power in count() for step in (2, 4, 6, 8, 10))
    return next(number for number in numbers if number >= most)
