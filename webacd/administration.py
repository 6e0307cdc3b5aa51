"""What administrators do with the configuration of routing: look, check, save, take back, export, import, try out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import UnitOfWork
from rs_server.ports import AcdRefused, Clock, ContactRequest
from rs_server.protocol.errors import Code, ProtocolError

from . import api, transfer_file
from .config import ChangedMeanwhile, NoSuchChange, Written, with_one_default
from .core.config import AgentConfig, BadConfiguration, TeamList
from .core.items import RULES, Change, Items, Key, name_of
from .core.problem import Problem, problem
from .core.validate import of_sites, problems
from .policy import answer
from .service import AcdService

TRIES = 3
"""Of saving without keeping others from writing meanwhile."""


class House(Protocol):
    """What the administration needs of the installation around it."""

    async def people(self) -> Sequence[api.Person]:
        """The staff accounts."""

    async def sites(self) -> Mapping[str, str]:
        """By key of a site, the queue in which its customers wait."""

    async def note(self, unit: UnitOfWork) -> None:
        """Something of the configuration changes in this unit. Called as its first thing."""

    async def told(self) -> None:
        """The change is on disk, and routed by."""


class Around(NamedTuple):
    """The installation, as a configuration is looked at with it."""

    people: Sequence[api.Person]
    sites: Mapping[str, str]
    of_file: bool = False
    """A file may come from elsewhere: accounts that are not there are no error then."""


class Plan(NamedTuple):
    """What is to be saved, made on what there is."""

    items: Items
    changes: Sequence[Change]
    undoes: Mapping[Key, int] | None = None


class Administration:
    """`by` is the staff account that asks. Whoever saves gives the version that the change was made on."""

    def __init__(self, acd: AcdService, clock: Clock, house: House) -> None:
        self._acd = acd
        self._config = acd.config
        self._clock = clock
        self._house = house

    async def look(self) -> api.Administered:
        around = await self._around()
        async with self._acd.database.read() as connection:
            # First, so that what comes in between counts as changed meanwhile.
            version = await self._config.version(connection)
            items = await self._config.items(connection)
        return api.Administered(
            version=version,
            configuration=items.saved(),
            alarms=_alarms(items, around.people),
            people=list(around.people),
            problems=await self._problems(items, around),
        )

    async def check(self, changes: Sequence[Change]) -> api.Checked:
        around = await self._around()
        async with self._acd.database.read() as connection:
            items = await self._config.items(connection)
            return await self._checked(connection, items, with_one_default(items, changes), around)

    async def save(self, changes: Sequence[Change], version: int, by: str) -> int:
        """The version after it. Raises `conflict`, `invalid`."""

        async def plan(connection: AsyncConnection) -> Plan:
            await self._unchanged(connection, [(each.kind, each.id) for each in changes], version)
            items = await self._config.items(connection)
            return Plan(items, with_one_default(items, changes))

        return (await self._save(plan, await self._around(), by))[0]

    async def history(self, before: int | None, limit: int) -> api.History:
        names = {person.user: person.display_name for person in await self._house.people()}
        async with self._acd.database.read() as connection:
            found = await self._config.changes(connection, before, limit)
        return api.History(changes=[_line(each, names) for each in found])

    async def undo(self, version: int, by: str) -> int:
        """Raises `not_found`, `conflict`, `invalid`."""

        async def plan(connection: AsyncConnection) -> Plan:
            try:
                found = await self._config.undoing(connection, version)
            except NoSuchChange as error:
                raise ProtocolError(Code.NOT_FOUND, "there is no such change") from error
            except ChangedMeanwhile as error:
                raise _conflict(error) from error
            back = [Change(each.kind, each.id, each.before) for each in found]
            undoes = {(each.kind, each.id): each.version for each in found}
            return Plan(await self._config.items(connection), back, undoes)

        return (await self._save(plan, await self._around(), by))[0]

    async def export(self) -> bytes:
        async with self._acd.database.read() as connection:
            return transfer_file.encode(await self._config.items(connection))

    async def check_file(self, raw: bytes) -> api.Checked:
        """What loading the file would do; what is wrong with the file itself is among the problems."""
        try:
            wanted = await asyncio.to_thread(transfer_file.decode, raw)
        except transfer_file.BadFile as error:
            return api.Checked(problems=error.problems, effects=[], alarms=[], changed=[])
        around = await self._around()
        async with self._acd.database.read() as connection:
            items = await self._config.items(connection)
            return await self._checked(connection, items, items.differences(wanted), around._replace(of_file=True))

    async def load_file(self, raw: bytes, by: str) -> api.Imported:
        """The file instead of everything there was, or nothing at all. Raises `invalid`."""
        try:
            wanted = await asyncio.to_thread(transfer_file.decode, raw)
        except transfer_file.BadFile as error:
            raise api.Invalid(error.problems) from error

        async def plan(connection: AsyncConnection) -> Plan:
            items = await self._config.items(connection)
            return Plan(items, items.differences(wanted))

        around = await self._around()
        version, changed = await self._save(plan, around._replace(of_file=True), by)
        return api.Imported(version=version, changed=changed)

    async def policy(self, question: api.PolicyQuestion) -> api.PolicyAnswer:
        """Raises `not_found`, with the field: queue or agent."""
        now = self._clock.now()
        try:
            said = self._acd.explain(_request(question, now))
        except AcdRefused as error:
            field = "agent" if error.code == "unknown_agent" else "queue"
            raise ProtocolError(Code.NOT_FOUND, f"there is no such {field}", field=field) from error
        names = {person.user: person.display_name for person in await self._house.people()}
        return answer(said, self._acd.configuration(), names, now - question.waited)

    # --- shared ---

    async def _save(
        self, plan: Callable[[AsyncConnection], Awaitable[Plan]], around: Around, by: str
    ) -> tuple[int, int]:
        """(version after it, how many items changed). It takes a while to find what is wrong, and nobody who writes
        waits for that: what is looked at is what there was before, and written if there is nothing else by then. Raises
        as `plan`, and `invalid`."""
        for _ in range(TRIES):
            async with self._acd.database.read() as connection:
                seen = await self._config.version(connection)
                planned = await plan(connection)
            await self._refuse(planned, around)
            async with self._acd.database.begin() as unit:
                await self._house.note(unit)
                same = await self._config.version(unit.connection) == seen
                done = await self._write(unit, planned, by) if same else None
            if done is not None:
                break
        else:
            # So much is being changed that only who keeps the others waiting comes to an end.
            async with self._acd.database.begin() as unit:
                await self._house.note(unit)
                planned = await plan(unit.connection)
                await self._refuse(planned, around)
                done = await self._write(unit, planned, by)
        await self._house.told()
        return done, len(planned.changes)

    async def _refuse(self, planned: Plan, around: Around) -> None:
        """Raises `invalid`."""
        found = await self._new_problems(planned.items, planned.changes, around)
        errors = [each for each in found if each.severity == "error"]
        if errors:
            raise api.Invalid(errors)

    async def _write(self, unit: UnitOfWork, planned: Plan, by: str) -> int:
        version = await self._config.apply(unit, planned.changes, by, undoes=planned.undoes)
        try:
            await self._acd.reconfigure(unit)
        except BadConfiguration as error:
            raise ProtocolError(Code.INVALID, str(error)) from error
        return version

    async def _checked(
        self,
        connection: AsyncConnection,
        items: Items,
        changes: Sequence[Change],
        around: Around,
    ) -> api.Checked:
        after = items.after(changes)
        found = await self._new_problems(items, changes, around)
        effects: list[api.Effect] = []
        if not any(each.severity == "error" for each in found):
            try:
                effects = await self._acd.preview(connection, after.configuration())
            except BadConfiguration as error:
                raise ProtocolError(Code.INVALID, str(error)) from error
        dangling = set(items.dangling())
        effects += [api.Effect("dangling", each._asdict()) for each in after.dangling() if each not in dangling]
        return api.Checked(
            problems=found,
            effects=effects,
            alarms=_alarms(after, around.people),
            changed=[_touched(items, each) for each in items.differences(after)],
        )

    async def _new_problems(self, items: Items, changes: Sequence[Change], around: Around) -> list[Problem]:
        """Those of the items that change, and those that others have only by it."""
        changed = {(each.kind, each.id) for each in changes}
        before = await self._problems(items, around)
        after = await self._problems(items.after(changes), around)
        known = {_mark(each) for each in before}
        return [each for each in after if (each.kind, each.id) in changed or _mark(each) not in known]

    async def _problems(self, items: Items, around: Around) -> list[Problem]:
        # Many items take a while, and holidays are read from files.
        found = await asyncio.to_thread(problems, items, self._clock.now())
        found += of_sites(items, around.sites)
        return found if around.of_file else [*found, *_of_accounts(items, around.people)]

    async def _around(self) -> Around:
        return Around(await self._house.people(), await self._house.sites())

    async def _unchanged(self, connection: AsyncConnection, keys: Sequence[Key], version: int) -> None:
        try:
            await self._config.not_changed_since(connection, keys, version)
        except ChangedMeanwhile as error:
            raise _conflict(error) from error


def _request(question: api.PolicyQuestion, now: float) -> ContactRequest:
    return ContactRequest(
        contact="",
        queue=question.queue,
        medium=question.medium,
        session="",
        customer="",
        priority=question.priority,
        skills=question.skills,
        agent=question.agent,
        customer_key=question.customer_key,
        arrived_at=now - question.waited,
    )


def _mark(each: Problem) -> tuple[str, ...]:
    return each.kind, each.id, each.field, each.code, each.message


def _conflict(error: ChangedMeanwhile) -> ProtocolError:
    return ProtocolError(Code.CONFLICT, f"{error} (version {error.version})", field=f"{error.kind}.{error.id}")


def _of_accounts(items: Items, people: Sequence[api.Person]) -> Iterable[Problem]:
    disabled = {person.user: person.disabled for person in people}
    for agent in items.of(AgentConfig):
        if agent.id not in disabled:
            yield problem("agent", agent.id, "id", "unknown_account", account=agent.id)
        elif disabled[agent.id]:
            yield problem("agent", agent.id, "id", "disabled_account", account=agent.id)
    for team in items.of(TeamList):
        for number, member in enumerate(team.members):
            if member not in disabled:
                yield problem("team_list", team.id, f"members.{number}", "unknown_account", account=member)


def _alarms(items: Items, people: Sequence[api.Person]) -> list[api.Alarm]:
    accounts = {person.user for person in people}
    return [api.Alarm(**each._asdict()) for each in items.dangling(accounts.__contains__)]


def _touched(items: Items, change: Change) -> api.Touched:
    there = items.get((change.kind, change.id))
    what: Literal["added", "changed", "removed"] = "added" if there is None else "changed"
    item = change.item
    if item is None:
        what, item = "removed", there
    return api.Touched(kind=change.kind, id=change.id, name=name_of(item) if item else change.id, what=what)


def _line(change: Written, names: dict[str, str]) -> api.Changed:
    item = change.after or change.before
    name = names.get(change.id, change.id) if change.kind == "agent" else name_of(item) if item else ""
    return api.Changed(
        version=change.version,
        batch=change.batch,
        at=change.at,
        by=change.by,
        by_name=names.get(change.by, change.by),
        kind=change.kind,
        id=change.id,
        name=name or (RULES if change.kind == "rules" else change.id),
        before=_plain(change.before),
        after=_plain(change.after),
        undoes=change.undoes,
    )


def _plain(item: Any) -> dict[str, Any] | None:
    return None if item is None else msgspec.to_builtins(item)
