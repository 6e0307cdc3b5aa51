"""A customer's folders through their client: the real program, server and sockets, over a line that can be cut."""

import hashlib
import itertools
import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.cable import Cable
from tests.support.client_program import Native
from tests.support.native_call import Call

MEGABYTE = 1 << 20
MARKS = itertools.count()


@dataclass
class Scene:
    """The folder `Documents` is what the customer chooses; beside it lies what nobody may see."""

    call: Call
    client: Native
    line: Cable
    folder: Path
    roots: dict[str, str] = field(default_factory=dict)

    async def let(self, capability: str, folder: Path | None = None) -> None:
        before = len(self.client.text)
        await self.call.ask(capability)
        await self.client.said("y yes", before)
        self.client.type("y")
        await self.client.said("A folder", before)
        self.client.type(str(folder or self.folder))
        await self.client.said("Chosen:", before)
        self.client.type("")
        await self.call.grant(capability, "granted")
        for entry in (await self.ask(op="list"))["entries"]:
            self.roots[entry["name"]] = entry["root"]

    async def begin(self, **op: Any) -> str:
        mark = f"m{next(MARKS)}"
        call = self.call
        if "path" in op:
            op = {"root": self.roots[self.folder.name], **op}
        await call.agent.do("folder.ask", call.session, ask=mark, giver=call.customer, op=op)
        return mark

    def heard(self, mark: str) -> list[dict[str, Any]]:
        told = self.call.agent.bodies("folder.answered", self.call.session)
        return [each["answer"] for each in told if each["ask"] == mark]

    async def end(self, mark: str, timeout: float = 30) -> dict[str, Any]:
        def ended() -> Any:
            return next((each for each in self.heard(mark) if each["result"] not in ("progress", "asking")), None)

        return dict(await self.call.agent.until(ended, timeout))

    async def ask(self, timeout: float = 30, **op: Any) -> dict[str, Any]:
        return await self.end(await self.begin(**op), timeout)

    async def upload(self, path: Path) -> str:
        """As a file of the session for these folders; its id."""
        api, size = self.call.agent.api, path.stat().st_size
        metadata = {"filename": path.name, "folder_of": self.call.customer}
        said = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
        headers = {**api.headers(), "Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": said}
        url = f"{api.base}/api/v1/sessions/{self.call.session}/files"
        async with api.http.post(url, headers=headers) as response:
            assert response.status == 201, await response.text()
            place = response.headers["Location"]
        headers = {**api.headers(), "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        headers["Content-Type"] = "application/offset+octet-stream"
        with path.open("rb") as data:
            async with api.http.patch(f"{api.base}{place}", data=data, headers=headers) as response:
                assert response.status == 204, await response.text()
        return place.rpartition("/")[2]

    async def digest(self, file: str) -> str:
        api, digest = self.call.agent.api, hashlib.sha256()
        async with api.http.get(f"{api.base}/api/v1/files/{file}/content", headers=api.headers()) as response:
            assert response.status == 200
            async for block in response.content.iter_chunked(MEGABYTE):
                digest.update(block)
        return digest.hexdigest()

    def left(self) -> set[str]:
        """Names in the folder, hidden ones too, that no test put there."""
        return {each.name for each in self.folder.iterdir() if each.name.startswith(".")}


def written(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for at in range(0, size, MEGABYTE):
            block = os.urandom(min(MEGABYTE, size - at))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()
