"""What people type to join, and what is no way to join."""

import pytest

from rs_client.core.address import BadAddress, Target, origin, target

TOKEN = "abcdefghijklmnopqrstu_-1"


@pytest.mark.parametrize(
    ("text", "server", "found"),
    [
        (f"https://help.example/j/{TOKEN}", "", Target("https://help.example", link=TOKEN)),
        (f"  https://help.example:8443/client#{TOKEN}\n", "", Target("https://help.example:8443", link=TOKEN)),
        (
            f"https://help.example/j/{TOKEN}?lang=fr&server=other.example",
            "",
            Target("https://help.example", link=TOKEN),
        ),
        (f"help.example/client#{TOKEN}", "", Target("https://help.example", link=TOKEN)),
        (f"http://localhost:8080/j/{TOKEN}", "", Target("http://localhost:8080", link=TOKEN)),
        (f"http://[::1]:8080/j/{TOKEN}", "", Target("http://[::1]:8080", link=TOKEN)),
        (f"https://help.example/j/{TOKEN}", "other.example", Target("https://help.example", link=TOKEN)),
        ("123 456 789", "help.example", Target("https://help.example", number="123456789")),
        ("123-456-789", "http://127.0.0.1:8080/", Target("http://127.0.0.1:8080", number="123456789")),
    ],
)
def test_a_link_or_a_number(text: str, server: str, found: Target) -> None:
    assert target(text, server) == found


@pytest.mark.parametrize(
    ("text", "server", "why"),
    [
        ("", "", "empty"),
        ("123456789", "", "server_needed"),
        ("12345678", "help.example", "not_link"),
        ("hello", "", "not_link"),
        (f"http://help.example/j/{TOKEN}", "", "insecure"),
        (f"http://localhost.example/j/{TOKEN}", "", "insecure"),
        (f"http://0x7f000001/j/{TOKEN}", "", "insecure"),
        ("123456789", "http://192.168.1.5", "insecure"),
        (f"ftp://help.example/j/{TOKEN}", "", "not_server"),
        (f"https://known.example@other.example/j/{TOKEN}", "", "not_server"),
        (f"https://known.example\\@other.example/j/{TOKEN}", "", "not_server"),
        (f"https://knоwn.example/j/{TOKEN}", "", "not_server"),
        (f"https://help.example:x/j/{TOKEN}", "", "not_server"),
        (f"https://help.example/?j/{TOKEN}", "", "not_link"),
        (f"https://help.example/j/{TOKEN}/more", "", "not_link"),
        ("https://help.example/j/short", "", "not_link"),
        (f"deskside://help.example/j/{TOKEN}", "", "not_server"),
        ("https://", "", "not_server"),
    ],
)
def test_what_is_refused(text: str, server: str, why: str) -> None:
    with pytest.raises(BadAddress) as refused:
        target(text, server)
    assert refused.value.why == why


@pytest.mark.parametrize("server", ["help.example", "https://help.example", "https://help.example/join"])
def test_a_server_is_its_origin(server: str) -> None:
    assert origin(server) == "https://help.example"
