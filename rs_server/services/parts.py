"""Which staff user is in which open session, and asked into which: read off the sessions in memory."""

from rs_server.core.session import Session, is_in
from rs_server.protocol.acd import Invitation


class Parts:
    """Follows the sessions one by one; answers for a user without looking at them all."""

    def __init__(self) -> None:
        self._sessions: dict[str, dict[str, float]] = {}
        self._invitations: dict[str, dict[str, Invitation]] = {}
        self._users: dict[str, set[str]] = {}

    def follow(self, session: Session) -> set[str]:
        """The session as it is now. Returns the users who had or have a part in it."""
        name = session.info.id
        before = self._users.pop(name, set())
        for user in before:
            for index in (self._sessions, self._invitations):
                mine = index.get(user)
                if mine is not None:
                    mine.pop(name, None)
                    if not mine:
                        del index[user]
        if session.info.state == "ended":
            return before
        users: set[str] = set()
        for person in session.participants.values():
            if person.user is not None and is_in(person):
                self._sessions.setdefault(person.user, {})[name] = session.info.created_at
                users.add(person.user)
        for invite in session.invites.values():
            if invite.role == "agent" and invite.state == "open":
                self._invitations.setdefault(invite.to, {})[name] = Invitation(
                    session=name,
                    customer=session.info.customer_name,
                    by_name=invite.by_name,
                    made_at=invite.made_at,
                )
                users.add(invite.to)
        if users:
            self._users[name] = users
        return before | users

    def sessions(self, user: str) -> list[str]:
        """Open sessions that the user is in, the oldest first."""
        mine = self._sessions.get(user, {})
        return sorted(mine, key=lambda name: (mine[name], name))

    def invitations(self, user: str) -> list[Invitation]:
        return list(self._invitations.get(user, {}).values())
