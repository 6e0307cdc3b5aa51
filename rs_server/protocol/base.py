"""Shapes that every subject shares. A message is a tagged struct; the tag stands in the field `type`."""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.\-]+$(?!\n)")]
"""An identifier of ours: URL-safe, never guessed from another."""

ONE_LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
"""No control characters. (`$` alone would let a newline at the end pass.)"""
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""No control characters but for ends of lines and tabs: PostgreSQL takes no NUL, and nobody types the others."""

Name = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$(?!\n)"),
]
"""One line, and not only spaces."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=LINES)]
"""What a person typed. Always shown as text, never as markup."""
Remark = Annotated[str, msgspec.Meta(max_length=2000, pattern=LINES)]
"""The same, and it may be empty."""
Number = Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE)]
"""Of a telephone, as typed."""
Email = Annotated[str, msgspec.Meta(max_length=254, pattern=ONE_LINE)]
Word = Annotated[str, msgspec.Meta(max_length=64, pattern=ONE_LINE)]
"""Names something that is known here, such as a reason; it may be empty."""

Token = Annotated[str, msgspec.Meta(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_\-]+$(?!\n)")]
Language = Annotated[str, msgspec.Meta(min_length=2, max_length=10, pattern=r"^[a-z]{2}(-[A-Z]{2})?$(?!\n)")]
Time = float
"""Seconds since the epoch, on the server's clock."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of everything that is sent or received with a tag."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what messages carry."""
