"""Identifiers and secrets, made at run time."""

import hashlib
import secrets

_PLAIN = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not mistaken for one another when read out."""


def new_id() -> str:
    """96 random bits, URL-safe."""
    return secrets.token_hex(12)


def new_token() -> str:
    """A secret of 128 bits or more, for a link, a cookie, a resume token."""
    return secrets.token_urlsafe(24)


def new_number() -> str:
    """A session number: 9 digits, spoken and typed."""
    return f"{secrets.randbelow(10**9):09d}"


def new_reference() -> str:
    """To quote later: `K7QF-29XR`. Opens nothing."""
    letters = "".join(secrets.choice(_PLAIN) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def digest(secret: str) -> bytes:
    """What is stored of a token of high entropy."""
    return hashlib.sha256(secret.encode()).digest()
