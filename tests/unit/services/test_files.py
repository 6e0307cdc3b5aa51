"""Names of files are hostile until made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core.file_names import harmless


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("report.pdf", "report.pdf"),
        ("Été à la mer.jpg", "Été à la mer.jpg"),
        ("E\u0301te\u0301.txt", "Été.txt"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"),
        ("/etc/shadow", "shadow"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("C:a.txt", "C_a.txt"),
        ("\\\\server\\share\\a.txt", "a.txt"),
        ("//server/share/a.txt", "a.txt"),
        ("a.txt\x00.exe", "a.txt_.exe"),
        ("a\r\nSet-Cookie: x=y", "a__Set-Cookie_ x=y"),
        ('a".txt', "a_.txt"),
        ("a<script>.html", "a_script_.html"),
        ("photo\u202egpj.exe", "photo_gpj.exe"),
        ("photo\u2067gpj.exe", "photo_gpj.exe"),
        ("a\u200fb.txt", "a_b.txt"),
        ("a\u2028b.txt", "a_b.txt"),
        ("a\u0085b.txt", "a_b.txt"),
        ("👩\u200d💻.png", "👩\u200d💻.png"),
        ("file.txt::$DATA", "file.txt__$DATA"),
        (".", "file"),
        ("..", "file"),
        ("", "file"),
        ("   ", "file"),
        ("...", "file"),
        (".bashrc", "bashrc"),
        ("a.txt. . ", "a.txt"),
        ("folder/", "file"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("con .txt", "_con .txt"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("COM1", "_COM1"),
        ("com¹.txt", "_com¹.txt"),
        ("lpt9.doc", "_lpt9.doc"),
        ("CONIN$", "_CONIN$"),
        ("console.txt", "console.txt"),
        ("com10.txt", "com10.txt"),
    ],
)
def test_names(name: str, made: str) -> None:
    assert harmless(name) == made


def test_a_long_name_keeps_its_ending() -> None:
    assert harmless("x" * 1000 + ".pdf") == "x" * 187 + ".pdf"
    assert len(harmless("x" * 1000)) == 200
    assert len(harmless("x." + "y" * 1000)) == 200


@given(st.text(max_size=400))
def test_any_name(name: str) -> None:
    made = harmless(name)
    assert 0 < len(made) <= 201
    assert not set(made) & set('/\\<>:"|?*\x00\r\n')
    assert made == made.strip(" .")
    assert harmless(made) == made
