"""Errors of the routing core."""


class IllegalTransition(Exception):
    """A life cycle has no such step. Says a fault of ours, never a late or repeated command of a user."""

    def __init__(self, what: str, state: str, event: str) -> None:
        super().__init__(f"{what}: no '{event}' in state '{state}'")
        self.what = what
        self.state = state
        self.event = event
