"""Writes tables for other programs, so that no cell of them runs as a formula."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(name: str, columns: Sequence[str], lines: Iterable[Iterable[object]]) -> HttpResponse:
    """A download in UTF-8 that spreadsheets open as it is; `name` is its ASCII file name."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return response


def _cell(value: object) -> object:
    """A number stays one; a text that a spreadsheet would run is marked as text."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS_FORMULA):
        return "'" + value
    return value
