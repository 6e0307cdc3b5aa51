"""Telephone numbers and e-mail addresses as people type them."""

import re
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from phonenumbers import timezone

_LONGEST = 40


class Number(NamedTuple):
    e164: str
    zone: str
    """IANA name of the time zone where it rings; empty: not told by the number, or one of several that differ."""


def parse_number(text: str, country: str = "") -> Number | None:
    """A number that can be called from everywhere; None when it is none. Without a country code it is one of
    `country` (ISO 3166-1 alpha-2)."""
    text = text.strip()
    if not text or len(text) > _LONGEST or re.search(r"[^\d\s+()./\-\u00a0\u202f\u2011]", text):
        return None
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    zones = [zone for zone in timezone.time_zones_for_number(number) if known_zone(zone)]
    zone = zones[0] if len({_offsets(zone) for zone in zones}) == 1 else ""
    return Number(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), zone)


@lru_cache
def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    """From UTC, in winter and in summer."""
    year = datetime.now(UTC).year
    return tuple(datetime(year, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() for month in (1, 7))


@lru_cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(zone: str) -> bool:
    return zone in _zones()


def shown(number: str) -> str:
    """With spaces, as one reads it out."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """Country code and last two digits."""
    if len(number) < 6:
        return "•" * len(number)
    try:
        code = f"+{phonenumbers.parse(number).country_code}"
    except phonenumbers.NumberParseException:
        code = ""
    return f"{code} {'•' * (len(number) - len(code) - 2)}{number[-2:]}".strip()


def parse_email(text: str) -> str | None:
    """In lower case; None when it is no address."""
    text = text.strip()
    if len(text) > 254 or not re.fullmatch(r"[^\s@<>\"',;:()\\\x00-\x1f]+@[^\s@]+\.[^\s@]+", text):
        return None
    try:
        Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):
        return None
    return text.lower()
