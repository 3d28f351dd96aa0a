"""What keeps the admin's lists quick, however long they are."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class KeysFirstPaginator(Paginator):
    """Finds the keys of a page's rows first, from the nearer end of the list, and then reads
    these rows.

    A database that skips rows has made them: with their texts, joins and subqueries. Keys it
    skips in an index.
    """

    object_list: QuerySet

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        rows = self.object_list
        if start > self.count // 2:
            rows, start, end = rows.reverse(), self.count - end, self.count - start
        keys = list(rows.values_list("pk", flat=True)[start:end])
        return Page(self.object_list.filter(pk__in=keys), number, self)


class LongChangeList(ChangeList):
    """A list whose only page is found like each of many, and that offers to show all of its rows
    only where some are left out."""

    # So many filters stand above the list; the others are folded away.
    AT_HAND = 2

    @property
    def filters_at_hand(self) -> list[Any]:
        return self.filter_specs[: self.AT_HAND]

    @property
    def further_filters(self) -> list[Any]:
        return self.filter_specs[self.AT_HAND :]

    @property
    def is_filtered_further(self) -> bool:
        return any(spec.used_parameters for spec in self.further_filters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.get_filters_params()):
            self.show_full_result_count = True
            self.full_result_count = self.result_count
        if not self.multi_page:
            self.result_list = self.paginator.page(1).object_list


class PeriodFilter(admin.SimpleListFilter):
    """Filters by a year, or by a month of the year that is chosen.

    In place of Django's date hierarchy, which reads every row to tell in which months there are
    any.
    """

    title = _("year and month")
    parameter_name = "period"
    field: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterator[tuple[str, str]]:
        rows = model_admin.model._default_manager.order_by(self.field)
        moments = rows.values_list(self.field, flat=True)
        oldest, newest = moments.first(), moments.last()
        if oldest is None:
            return
        first, last = timezone.localdate(oldest), timezone.localdate(newest)
        chosen = request.GET.get(self.parameter_name, "")[:4]
        for year in range(last.year, first.year - 1, -1):
            yield str(year), str(year)
            for month in range(12, 0, -1) if str(year) == chosen else ():
                if (first.year, first.month) <= (year, month) <= (last.year, last.month):
                    name = date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")
                    yield f"{year}-{month:02}", name

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        found = re.fullmatch(r"(\d{4})(?:-(\d\d))?", self.value() or "", re.ASCII)
        if not found:
            return queryset
        year, month = int(found[1]), int(found[2] or 0)
        begin = _midnight(year, month or 1)
        end = _midnight(year + month // 12, month % 12 + 1) if month else _midnight(year + 1, 1)
        return queryset.filter(**{f"{self.field}__gte": begin, f"{self.field}__lt": end})


def _midnight(year: int, month: int) -> datetime:
    return timezone.make_aware(datetime(year, month, 1))  # noqa: DTZ001  made aware


def period_filter(field: str) -> type[PeriodFilter]:
    """Return the filter by the year and month of a field."""
    return type("PeriodFilterOf", (PeriodFilter,), {"field": field})
