"""Errors of the pure rules. The edges turn them into the protocol's codes."""


class IllegalTransition(Exception):
    """A life cycle was asked for a step that its table does not have."""

    def __init__(self, kind: str, state: str, event: str) -> None:
        super().__init__(f"{kind}: no transition from {state} on {event}")
        self.kind, self.state, self.event = kind, state, event


class Refusal(Exception):
    """The rules say no; `code` is one of `protocol.errors.Code`."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code, self.message = code, message or code
