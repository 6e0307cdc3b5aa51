"""What a feature brings to the edge: routes as data, and what a handler of theirs may ask of a call.

A leaf, so that a feature which is no part of the server's own rooms can bring routes too.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

BODY_LIMIT = 64 * 1024
"""Bytes of a body, where the route says nothing else."""


class FeatureCall(Protocol):
    """One request, checked: the caller has the route's permission and the body has its shape."""

    @property
    def body(self) -> Any: ...

    def path(self, name: str) -> str:
        """A part of the path that the route names in braces."""

    def query(self, name: str, longest: int = 200) -> str:
        """A parameter of the query, cut; empty when it is absent."""

    def number(self, name: str) -> float | None:
        """The same as a number. Raises `bad_request`."""

    def user(self) -> str:
        """The staff account that calls. Raises `not_signed_in`."""

    def part(self, kind: type[T]) -> T:
        """What the installation keeps for the feature."""


Handler = Callable[[Any], Awaitable[Any]]


class Route(NamedTuple):
    """`request` is the type of the JSON body, `response` of the answer (None: the handler makes its own).

    `cross_site`: pages of sites may call it (with a bearer token or as strangers, never with a cookie).
    `body_limit`: bytes. `raw`: the handler gets the body's bytes, to tell by itself what is wrong with them;
    `query`: names of parameters."""

    method: str
    path: str
    permission: str
    handler: Handler
    summary: str
    request: Any = None
    response: Any = None
    status: int = 200
    cross_site: bool = False
    body_limit: int = BODY_LIMIT
    raw: bool = False
    query: tuple[str, ...] = ()
