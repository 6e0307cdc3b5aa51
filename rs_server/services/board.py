"""What desks have in common, made once however many there are: colleagues, teams, and who waits."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from rs_server.core.permissions import Profile, allowed
from rs_server.ports import Acd, WaitingView
from rs_server.protocol.acd import Colleague, Medium, Team, Waiting
from rs_server.services.presence import Presences
from rs_server.store.identity import User

MOST_IN_TEAM = 100
_SERVING = frozenset({Profile.AGENT.value, Profile.SUPERVISOR.value})
"""In the team whether they are in a queue or not."""


class ListOfColleagues(NamedTuple):
    """As the administrator set it. Nobody named: shown to everybody."""

    id: str
    name: str
    members: Sequence[str]
    departments: Sequence[str]
    groups: Sequence[str]


class BoardFacts(Protocol):
    def queue_name(self, queue: str) -> str: ...

    def may_pick(self, queue: str, agent: str) -> bool: ...

    def media(self, agent: str) -> Sequence[Medium]:
        """Of the contacts in hand, each once."""

    def groups(self, agent: str) -> Sequence[str]: ...

    def profile(self, agent: str) -> Hashable:
        """Equal for agents to whom the same contacts may be routed."""

    def team_lists(self) -> Sequence[ListOfColleagues]: ...


class TeamView(NamedTuple):
    """What some readers see: the lists, and everybody who is in one, by name."""

    lists: tuple[Team, ...]
    members: tuple[str, ...]


class Board:
    def __init__(self, acd: Acd, presences: Presences, facts: BoardFacts) -> None:
        self._acd = acd
        self._presences = presences
        self._facts = facts
        self.users: Mapping[str, User] = {}
        self._colleagues: dict[str, Colleague] = {}
        self._teams: dict[Hashable, TeamView] = {}

    # --- colleagues ---

    def reload(self, users: Iterable[User]) -> None:
        self.users = {user.id: user for user in users}
        self.forget()

    def forget(self) -> None:
        """Everything may be otherwise."""
        self._teams.clear()

    def refresh(self, users: Iterable[str]) -> set[str]:
        """Look at these again; returns who is seen otherwise now."""
        changed = set()
        for user in users:
            fresh = self._colleague(user)
            if self._colleagues.get(user) != fresh:
                self._colleagues[user] = fresh
                changed.add(user)
        return changed

    def colleague(self, user: str) -> Colleague:
        found = self._colleagues.get(user)
        if found is None:
            found = self._colleagues[user] = self._colleague(user)
        return found

    def _colleague(self, name: str) -> Colleague:
        user = self.users.get(name)
        view = self._acd.agent(name)
        online = self._presences.online(name)
        return Colleague(
            user=name,
            name=user.display_name if user else "",
            department=user.department if user else "",
            state=view.state if view else "not_ready" if online else "offline",
            reason=view.reason if view else None,
            since=view.since if view else 0.0,
            sessions=view.sessions if view else 0,
            capacity=view.capacity if view else 0,
            media=list(self._facts.media(name)) if view else [],
            agent=view is not None,
        )

    # --- teams ---

    def team_key(self, name: str) -> Hashable:
        """Readers with equal keys see the same teams. None: sees none."""
        user = self.users.get(name)
        if user is None or not allowed("desk.watch", user.roles):
            return None
        lists = self._facts.team_lists()
        if lists:
            return tuple(each.id for each in lists if _is_for(each, user, self._facts.groups(name)))
        view = self._acd.agent(name)
        return ("queues", tuple(view.queues) if view else ())

    def team(self, key: Hashable, reader: str) -> TeamView:
        """Of the readers with this key, of whom `reader` is one."""
        if key is None:
            return TeamView((), ())
        found = self._teams.get(key)
        if found is None:
            found = self._teams[key] = self._team(key, reader)
        return found

    def _team(self, key: Hashable, reader: str) -> TeamView:
        lists = self._facts.team_lists()
        if not lists:
            return TeamView((), self._by_name(self._of_queues(reader)))
        shown = key if isinstance(key, tuple) else ()
        teams = tuple(
            Team(
                id=each.id,
                name=each.name,
                members=[user for user in each.members if self._is_there(user)][:MOST_IN_TEAM],
            )
            for each in lists
            if each.id in shown
        )
        return TeamView(teams, self._by_name({user for team in teams for user in team.members}))

    def _of_queues(self, reader: str) -> Sequence[str]:
        """Without any list: everybody who serves, or in a large house those who share a queue."""
        serving = [user.id for user in self.users.values() if self._serves(user)]
        if len(serving) <= MOST_IN_TEAM:
            return serving
        view = self._acd.agent(reader)
        mine = set(view.queues) if view else set()
        near = [user for user in serving if self._shares(user, mine)]
        return self._by_name(near or serving)[:MOST_IN_TEAM]

    def _shares(self, user: str, queues: set[str]) -> bool:
        view = self._acd.agent(user)
        return view is not None and not queues.isdisjoint(view.queues)

    def _by_name(self, users: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(users, key=lambda user: (self.users[user].display_name, user)))

    def _is_there(self, user: str) -> bool:
        known = self.users.get(user)
        return known is not None and not known.disabled

    def _serves(self, user: User) -> bool:
        """Who may serve without being an agent of any queue, like an administrator, is nobody's colleague here."""
        may = allowed("session.agent", user.roles) and not user.disabled
        return may and (not _SERVING.isdisjoint(user.roles) or self._acd.agent(user.id) is not None)

    # --- who waits ---

    def line_key(self, name: str, waiting: Sequence[WaitingView]) -> Hashable:
        """Readers with equal keys see the same who wait, in the same way. None: sees none."""
        user = self.users.get(name)
        if user is None or not allowed("desk.watch", user.roles):
            return None
        meant = any(each.agent == name for each in waiting)
        sees_all = allowed("sessions.all", user.roles)
        return (sees_all, self._facts.profile(name), name if meant else None)

    def line(self, key: Hashable, reader: str, waiting: Sequence[WaitingView]) -> dict[str, Waiting]:
        """Who waits, by contact, as `reader` and all with this key see it."""
        if key is None or not waiting:
            return {}
        view = self._acd.agent(reader)
        user = self.users[reader]
        sees_all = allowed("sessions.all", user.roles)
        mine = set(view.queues) if view else set()
        picks = {queue for queue in mine if self._facts.may_pick(queue, reader)}
        can = set(self._acd.can_handle(reader)) if view else set()
        return {
            each.contact: self._waiting(each, each.queue in picks, each.contact in can, each.agent == reader)
            for each in waiting
            if sees_all or each.queue in mine or each.contact in can
        }

    def _waiting(self, waiting: WaitingView, may_pick: bool, can_handle: bool, direct: bool) -> Waiting:
        return Waiting(
            contact=waiting.contact,
            session=waiting.session,
            queue=waiting.queue,
            queue_name=self._facts.queue_name(waiting.queue),
            customer=waiting.customer,
            question=waiting.question,
            arrived_at=waiting.arrived_at,
            position=waiting.position,
            estimate=None if waiting.estimate is None else round(waiting.estimate),
            may_pick=may_pick,
            offered_to=waiting.offered_to,
            medium=waiting.medium,
            priority=waiting.priority,
            can_handle=can_handle,
            direct=direct,
        )


def _is_for(team: ListOfColleagues, user: User, groups: Sequence[str]) -> bool:
    if not team.departments and not team.groups:
        return True
    return user.department in team.departments or not set(team.groups).isdisjoint(groups)
