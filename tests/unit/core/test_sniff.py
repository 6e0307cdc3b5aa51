"""What a page's asset is, is told by its bytes."""

import pytest

from rs_server.core.sniff import CSS, LIMITS, SVG, Kind, fits, sniff

SVG_TEXT = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", "image/avif"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "image/avif"),
        (b"\x00\x00\x01\x00\x01\x00", "image/x-icon"),
        (b"BM\x10\x00\x00\x00\x00\x00\x00\x006\x00\x00\x00", "image/bmp"),
        (b"wOFF....", "font/woff"),
        (b"wOF2....", "font/woff2"),
        (b"OTTO....", "font/otf"),
        (b"\x00\x01\x00\x00....", "font/ttf"),
        (SVG_TEXT, SVG),
        (b'\xef\xbb\xbf\n<?xml version="1.0"?>\n<!-- of ours -->\n' + SVG_TEXT, SVG),
        (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">' + SVG_TEXT, SVG),
    ],
)
def test_by_the_beginning(data: bytes, mime: str) -> None:
    found = sniff(data, "text/html")
    assert found is not None
    assert found.mime == mime


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b"<html><svg></svg></html>",
        b"BM is no picture",
        b"\x00\x00\x00\x1cftypmp42\x00\x00\x00\x00mp42isom",
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        b"%PDF-1.7",
        b"body { color: red }",
        SVG_TEXT + b"\xff",
    ],
)
def test_what_is_none_of_it(data: bytes) -> None:
    assert sniff(data, "text/plain") is None


def test_a_stylesheet_is_what_is_said_to_be_one_and_is_text() -> None:
    assert sniff(b"body { color: red }", CSS) == Kind("style", CSS)
    assert sniff(b"body { content: '\xff' }", CSS) is None
    assert sniff(b"body\x00{}", CSS) is None


def test_a_long_comment_does_not_take_long() -> None:
    assert sniff(b"<!--" * 5000, "") is None


def test_sizes() -> None:
    assert fits(Kind("font", "font/woff"), LIMITS["font"])
    assert not fits(Kind("font", "font/woff"), LIMITS["font"] + 1)
