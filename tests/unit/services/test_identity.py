"""How passwords are kept, and what an origin is."""

import argon2
import pytest

from rs_server.services.identity import Identity, origin_of

from .test_throttle import Clock


def test_passwords_are_kept_as_argon2id_with_the_usual_cost() -> None:
    hasher = Identity(None, Clock())._hasher  # type: ignore[arg-type]
    usual = argon2.profiles.RFC_9106_LOW_MEMORY
    assert hasher.type is argon2.Type.ID
    assert (hasher.time_cost, hasher.memory_cost) >= (usual.time_cost, usual.memory_cost)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://acme.example", "https://acme.example"),
        ("https://acme.example:443/", "https://acme.example"),
        ("http://acme.example:80/a?b#c", "http://acme.example"),
        ("http://acme.example:8080", "http://acme.example:8080"),
        ("HTTPS://ACME.example", "https://acme.example"),
        ("https://user:pass@acme.example", "https://acme.example"),
        ("null", None),
        ("", None),
        ("acme.example", None),
        ("ftp://acme.example", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://acme.example:x", None),
        ("https://acme.example:99999", None),
        ("http://[::1", None),
    ],
)
def test_origins(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
