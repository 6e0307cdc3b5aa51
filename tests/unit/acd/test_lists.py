"""Lists of people to call, read whatever they contain."""

import io
import itertools
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webacd.channels import numbers
from webacd.channels.encoding import survey
from webacd.channels.lists import LONGEST_LINE, MOST_LINES, BadList, ListReader, Row, instant, safe_cell

TEXT = "nom;numéro;motif\nÉlodie Lefèvre;+33612345678;Reçu à vérifier\nZoë Œuvrard;+33612345679;Août\n"


def read(data: bytes) -> tuple[ListReader, list[Row]]:
    file = io.BytesIO(data)
    found = survey(file)
    file.seek(0)
    reader = ListReader(file, found.encoding)
    return reader, list(reader)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("iso8859_15", "iso8859_15"),
    ],
)
def test_encodings(encoding: str, named: str) -> None:
    data = TEXT.encode(encoding)
    assert survey(io.BytesIO(data)).encoding == named
    reader, rows = read(data)
    assert [row.values["name"] for row in rows] == ["Élodie Lefèvre", "Zoë Œuvrard"]
    assert rows[0].values["note"] == "Reçu à vérifier"
    assert reader.header.language == "fr"


def test_an_encoding_is_told_from_the_whole_file() -> None:
    plain = b"name,number\n" + b"Ann,+33612345678\n" * 20_000
    assert survey(io.BytesIO(plain)).encoding == "utf-8"
    assert survey(io.BytesIO(plain + "Élodie,1\n".encode())).encoding == "utf-8"
    assert survey(io.BytesIO(plain + "Élodie,1\n".encode("cp1252"))).encoding == "cp1252"


@pytest.mark.parametrize(
    ("encoding", "text"), [("gb18030", "张伟 北京市朝阳区"), ("shift_jis", "山田太郎、東京都港区")]
)
def test_other_encodings(encoding: str, text: str) -> None:
    names = [f"{text} {number}" for number in range(8)]
    data = ("name|number\n" + "".join(f"{name}|+33612345678\n" for name in names)).encode(encoding)
    assert [row.values["name"] for row in read(data)[1]] == names


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str) -> None:
    head = separator.join(("Phone Number", "Full name", "E-Mail"))
    row = separator.join(("+33612345678", f'"Petit{separator}Jeanne"', "j@x.example"))
    reader, rows = read(f"{head}\n{row}\n".encode())
    assert reader.header.separator == separator
    name = f"Petit{separator}Jeanne".replace("\t", " ")
    assert rows[0].values == {"number": "+33612345678", "name": name, "email": "j@x.example"}


def test_what_excel_writes() -> None:
    reader, rows = read("\ufeffsep=;\r\nname;number\r\nAnn;1\r\n\r\n;\r\n".encode())
    assert (reader.header.separator, [row.line for row in rows]) == (";", [3])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"a,b\n1,2\n", "no_header"),
        (b"name,note\nAnn,x\n", "no_contact"),
        (b"\0" * 100_000, "no_header"),
        (b"x" * 100_000, "no_header"),
        (bytes(range(256)) * 100, "no_header"),
    ],
)
def test_what_is_no_list(data: bytes, code: str) -> None:
    with pytest.raises(BadList) as caught:
        read(data)
    assert caught.value.code == code


def test_bad_rows_hold_up_nothing() -> None:
    bad = [
        "Ann,+33612345678," + "x" * (LONGEST_LINE + 5),
        "B\0b,+33612345678,",
        "Cid,+33612345678,a,b,c",
        '"Dora,+33612345678,never closed',
        "E" * 81 + ",+33612345678,",
    ]
    good = 'Fay,+33612345678,"two\nlines, and ""quotes"""'
    text = "name,number,note\n" + "".join(f"{each}\n{good}\n" for each in bad)
    _reader, rows = read(text.encode())
    fay = [row for row in rows if row.values.get("name") == "Fay"]
    assert len(fay) == len(bad)
    assert {row.values["note"] for row in fay} == {'two\nlines, and "quotes"'}
    codes = [row.problem.code for row in rows if row.problem]
    assert codes == ["line_too_long", "bad_character", "too_many_fields", "too_long"] or codes.count("too_long") == 1
    assert [row.line for row in rows][:2] == [2, 3]


def test_a_quote_that_is_never_closed_costs_its_own_row_only() -> None:
    lines = ['"open,+33612345678'] + [f"Ann {number},+33612345678" for number in range(3 * MOST_LINES)]
    _reader, rows = read(("name,number\n" + "\n".join(lines)).encode())
    assert [row.values.get("name") for row in rows][1:] == [line.split(",")[0] for line in lines[1:]]


@given(st.lists(st.text(alphabet=st.sampled_from('a",;\n\r\0é =+'), max_size=12), max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_row_behind_a_strange_one_is_lost(strange: list[str]) -> None:
    """However the rest looks, a plain row after an empty quote-free line is read, and nothing is raised."""
    tail = [f"+3361234{number:04d},Ann" for number in range(MOST_LINES + 2)]
    text = "number,name\n" + "\n".join(strange) + "\n" + "\n".join(tail) + "\n"
    _reader, rows = read(text.encode())
    assert rows[-1].values == {"number": tail[-1].split(",")[0], "name": "Ann"}


def test_a_long_list_takes_little_memory() -> None:
    class Endless(io.RawIOBase):
        """A file of 40 MB that is made as it is read."""

        def __init__(self) -> None:
            self._parts = itertools.chain(
                [b"name,number\n"], itertools.repeat(b"Ann Example,+33612345678\n" * 400, 4000)
            )

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            part = next(self._parts, b"")[: len(buffer)]
            buffer[: len(part)] = part
            return len(part)

    tracemalloc.start()
    count = sum(1 for _ in itertools.islice(ListReader(io.BufferedReader(Endless(), 1 << 14), "utf-8"), 20_000))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("2026-11-22T10:15:00Z", "Europe/Paris", 1795342500),
        ("2026-11-22 11:15", "Europe/Paris", 1795342500),
        ("22/11/2026 11:15", "Europe/Paris", 1795342500),
        ("22.11.2026 11h15", "Europe/Paris", 1795342500),
        ("2026-11-22T05:15:00-05:00", "Europe/Paris", 1795342500),
        ("2026-11-22", "UTC", 1795305600),
        ("31/02/2026", "UTC", None),
        ("soon", "UTC", None),
        ("0001-01-01", "Asia/Tokyo", None),
        ("", "UTC", None),
    ],
)
def test_times(text: str, zone: str, seconds: float | None) -> None:
    found = instant(text, zone)
    assert found == seconds or (seconds is None and (found is None or found < 0))


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@sum", "  =cmd|' /C calc'!A0", "\t=1", "\r=1"])
def test_no_formula_in_a_report(text: str) -> None:
    assert safe_cell(text).startswith("'")


def test_a_cell_is_one_short_line() -> None:
    assert safe_cell("a\nb\0c" + "x" * 500) == "a b c" + "x" * 195
    assert safe_cell("") == ""


@pytest.mark.parametrize(
    ("text", "country", "e164", "zone"),
    [
        ("+33 6 12 34 56 78", "", "+33612345678", "Europe/Paris"),
        ("06.12.34.56.78", "fr", "+33612345678", "Europe/Paris"),
        ("(212) 555-0123", "US", "+12125550123", "America/New_York"),
        ("0033612345678", "", "+33612345678", "Europe/Paris"),
        ("+33\u00a06\u00a012\u00a034\u00a056\u00a078", "", "+33612345678", "Europe/Paris"),
        ("+1 800 555 1234", "", "+18005551234", ""),
        ("+61 412 345 678", "", "+61412345678", ""),
        ("+34 612 345 678", "", "+34612345678", ""),
        ("+44 7911 123456", "", "+447911123456", "Europe/Guernsey"),
    ],
)
def test_numbers(text: str, country: str, e164: str, zone: str) -> None:
    assert numbers.parse_number(text, country) == (e164, zone)


@pytest.mark.parametrize(
    "text", ["", "x", "0612345678", "+33", "+3361234567890123", "tel:+33612345678", "+33612345678;ext=1", "=1+1"]
)
def test_what_is_no_number(text: str) -> None:
    assert numbers.parse_number(text) is None


def test_a_number_is_shown_or_hidden() -> None:
    assert numbers.shown("+33612345678") == "+33 6 12 34 56 78"
    assert numbers.masked("+33612345678") == "+33 •••••••78"
    assert numbers.masked("") == ""


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@b",
        "a b@c.example",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "a@b.example\nBcc: x@y.z",
        "x" * 250 + "@a.example",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert numbers.parse_email(text) is None


def test_an_address() -> None:
    assert numbers.parse_email(" Jeanne@Home.Example ") == "jeanne@home.example"
