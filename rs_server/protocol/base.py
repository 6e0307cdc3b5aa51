"""Shapes that every subject shares. A message is a tagged struct; the tag stands in the field `type`."""

from typing import Annotated

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.\-]+$")]
"""An identifier of ours: URL-safe, never guessed from another."""

Name = Annotated[
    str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]
"""One line, and not only spaces."""
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
"""What a person typed. Always shown as text, never as markup."""

Token = Annotated[str, msgspec.Meta(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_\-]+$")]
Language = Annotated[str, msgspec.Meta(min_length=2, max_length=10, pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Time = float
"""Seconds since the epoch, on the server's clock."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of everything that is sent or received with a tag."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what messages carry."""
