"""A list of people to call: a CSV file, read a row at a time whatever it contains."""

import csv
import io
import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

LONGEST_LINE = 20_000
MOST_LINES = 20
"""Lines that one row may have, by line breaks in quotes."""
SEPARATORS = ",;\t|"
LONGEST = {"name": 80, "number": 40, "email": 254, "queue": 200, "at": 40, "agent": 200, "note": 2000}

_ENGLISH: Mapping[str, str] = {
    "name": "name customer fullname customername",
    "number": "number phone phonenumber telephone telephonenumber tel mobile",
    "email": "email mail emailaddress",
    "queue": "queue",
    "at": "at when date datetime time",
    "agent": "agent",
    "note": "note notes reason comment comments",
    "priority": "priority",
    "language": "language lang",
    "zone": "zone timezone tz",
}
_FRENCH: Mapping[str, str] = {
    "name": "nom nomcomplet client nomduclient prenometnom",
    "number": "numero numerodetelephone notelephone portable",
    "email": "courriel adresseemail adressemail adresseelectronique",
    "queue": "file filedattente",
    "at": "quand dateheure dateetheure heure echeance",
    "agent": "conseiller conseillere",
    "note": "motif remarque remarques commentaire commentaires",
    "priority": "priorite",
    "language": "langue",
    "zone": "fuseau fuseauhoraire",
}


def _names(table: Mapping[str, str]) -> dict[str, str]:
    return {name: column for column, names in table.items() for name in names.split()}


_COLUMNS, _FRENCH_ONLY = _names(_FRENCH) | _names(_ENGLISH), _names(_FRENCH)


class BadList(Exception):
    """Nothing of the file can be read. Codes: empty, no_header, no_contact (neither numbers nor addresses)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Problem(NamedTuple):
    column: str
    code: str
    value: str = ""


class Row(NamedTuple):
    """`line`: where it begins, counted from 1. Either `values` by column, or a problem."""

    line: int
    values: Mapping[str, str]
    problem: Problem | None = None


class Header(NamedTuple):
    columns: Sequence[str | None]
    """What stands in each; None: nothing that is known."""
    separator: str
    language: str


_Line = tuple[int, str | None]


class ListReader:
    """Rows of a file, one at a time; the file is its own from now on, whatever comes. Raises `BadList`."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._stream = io.TextIOWrapper(file, encoding, errors="replace", newline="")
        self._lines: Iterator[_Line] = _lines(self._stream)
        try:
            self.header = self._header()
        except BadList:
            self.close()
            raise

    def close(self) -> None:
        """With the file."""
        self._stream.close()

    def _header(self) -> Header:
        forced = ""
        for _number, text in self._lines:
            if text is None:
                raise BadList("no_header")
            text = text.lstrip("\ufeff")
            if found := re.fullmatch(r"sep=(.)\s*", text):
                # What Excel writes to say how it separates.
                forced = found.group(1)
            elif text.strip():
                return _read_header(text, forced)
        raise BadList("empty")

    def __iter__(self) -> Iterator[Row]:
        columns, separator = self.header.columns, self.header.separator
        for line, fields in _records(self._lines, separator):
            if fields is None:
                yield Row(line, {}, Problem("", "line_too_long"))
                continue
            if not any(field.strip() for field in fields):
                continue
            yield _row(line, columns, fields)


def _lines(stream: io.TextIOWrapper) -> Iterator[_Line]:
    """Each with its number; None for one that is too long, whose rest is passed over."""
    number = 0
    while text := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(text) <= LONGEST_LINE or text[-1] in "\r\n":
            yield number, text
            continue
        while text and text[-1] not in "\r\n":
            text = stream.readline(LONGEST_LINE)
        yield number, None


def _records(lines: Iterator[_Line], separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Rows: a line, or several where a quote is open at the end of one. A quote that is never closed holds up nothing:
    its line is a row by itself."""
    waiting: deque[_Line] = deque()

    def take() -> _Line | None:
        return waiting.popleft() if waiting else next(lines, None)

    while (first := take()) is not None:
        number, text = first
        if text is None:
            yield number, None
            continue
        fields = _fields([text], separator)
        group, more = [text], list[_Line]()
        while fields is None and len(group) < MOST_LINES and sum(map(len, group)) < LONGEST_LINE:
            following = take()
            if following is None:
                break
            more.append(following)
            if following[1] is None:
                break
            group.append(following[1])
            fields = _fields(group, separator)
        if fields is None:
            waiting.extendleft(reversed(more))
            fields = next(csv.reader([text], delimiter=separator), [])
        yield number, fields


def _fields(group: Sequence[str], separator: str) -> list[str] | None:
    """None while a quote is open."""
    if len(group) == 1 and '"' not in group[0]:
        return group[0].rstrip("\r\n").split(separator)
    try:
        found = list(csv.reader(group, delimiter=separator, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        return next(csv.reader(group, delimiter=separator), []) if len(group) == 1 else None
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in bare if each.isalnum() and not unicodedata.combining(each))


def _read_header(text: str, forced: str) -> Header:
    def known(separator: str) -> list[str | None]:
        fields = _fields([text], separator) or text.rstrip("\r\n").split(separator)
        return [_COLUMNS.get(_plain(field)) for field in fields]

    separators = forced or SEPARATORS
    separator = max(separators, key=lambda each: (sum(name is not None for name in known(each)), text.count(each)))
    columns = known(separator)
    if not any(columns):
        raise BadList("no_header")
    if "number" not in columns and "email" not in columns:
        raise BadList("no_contact")
    fields = _fields([text], separator) or text.rstrip("\r\n").split(separator)
    french = any(_plain(field) in _FRENCH_ONLY and _plain(field) not in _names(_ENGLISH) for field in fields)
    # The first of two columns of one meaning counts.
    once = [name if name not in columns[:place] else None for place, name in enumerate(columns)]
    return Header(once, separator, "fr" if french else "en")


def _row(line: int, columns: Sequence[str | None], fields: Sequence[str]) -> Row:
    if any(field.strip() for field in fields[len(columns) :]):
        return Row(line, {}, Problem("", "too_many_fields", fields[len(columns)]))
    values = {}
    for column, field in zip(columns, fields, strict=False):
        if column is None:
            continue
        text = field.strip() if column == "note" else " ".join(field.split("\t")).strip()
        allowed = "\r\n\t" if column == "note" else ""
        if any((each < " " or each in "\x7f\ufffd") and each not in allowed for each in text):
            return Row(line, {}, Problem(column, "bad_character", text))
        if len(text) > LONGEST.get(column, 40):
            return Row(line, {}, Problem(column, "too_long", text))
        values[column] = text
    return Row(line, values)


_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ T]+(\d{1,2})[:hH](\d{2}))?")


def instant(text: str, zone: str) -> float | None:
    """ISO 8601, or `22/11/2026 10:15` (day first); without an offset, local time of `zone`. A day alone is its first
    moment. None when it is no time. Seconds since the epoch."""
    try:
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year, hour, minute = (int(part or 0) for part in found.groups())
            when = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone or "UTC"))
        else:
            when = datetime.fromisoformat(text)
            if when.tzinfo is None:
                when = when.replace(tzinfo=ZoneInfo(zone or "UTC"))
        return when.timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def safe_cell(text: str) -> str:
    """For a spreadsheet, which would take some beginnings for a formula; on one line, of bearable length."""
    line = "".join(each if each >= " " and each != "\x7f" else " " for each in text)[:200]
    return f"'{line}" if line.lstrip()[:1] in ("=", "+", "-", "@") and line else line
