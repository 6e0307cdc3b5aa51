"""What the administration of the queues needs of the installation around it."""

from collections.abc import Mapping, Sequence

from rs_server.db import UnitOfWork
from rs_server.services.configuration import note_change
from rs_server.services.everything import Services
from webacd.api import Person


class AcdHouse:
    """Implements `webacd.administration.House`."""

    def __init__(self, services: Services, tenant: str) -> None:
        self._services = services
        self._tenant = tenant

    async def people(self) -> Sequence[Person]:
        return [
            Person(
                user=user.id,
                name=user.name,
                display_name=user.display_name,
                department=user.department,
                roles=list(user.roles),
                disabled=user.disabled,
            )
            for user in await self._services.identity.users(self._tenant)
        ]

    async def sites(self) -> Mapping[str, str]:
        return self._services.identity.queues_of_sites(self._tenant)

    async def note(self, unit: UnitOfWork) -> None:
        await note_change(unit, self._tenant)

    async def told(self) -> None:
        await self._services.desk.reload_users()
