"""A TURN client: asks a relay for an address and for channels to others, and says what it answered.

Run on a host of its own: `python -m tests.support.relay HOST PORT USER PASSWORD PEER...` prints one line of JSON.
"""

import asyncio
import json
import sys
from typing import Any

from aioice import stun
from aioice.turn import TurnClientUdpProtocol


class _Quiet(TurnClientUdpProtocol):
    """Only asks; does not keep an allocation alive."""

    async def refresh(self, time_to_expiry: int) -> None:
        return


async def ask(host: str, port: int, user: str, password: str, peers: list[str]) -> dict[str, Any]:
    """`{"allocated": 0, "peers": {"127.0.0.1": 403}}`; 0 stands for yes, all else is the code of the refusal."""
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        lambda: _Quiet((host, port), user, password, 600, 500), remote_addr=(host, port)
    )
    try:
        allocated = await _code(client.connect())
        answers = {}
        for number, peer in enumerate(peers if allocated == 0 else (), start=0x4000):
            answers[peer] = await _code(client.channel_bind(number, (peer, 9)))
        return {"allocated": allocated, "peers": answers}
    finally:
        transport.close()


async def _code(asked: Any) -> int:
    try:
        await asked
    except stun.TransactionFailed as error:
        return error.response.error_code or -1
    return 0


if __name__ == "__main__":
    host, port, user, password, *peers = sys.argv[1:]
    print(json.dumps(asyncio.run(ask(host, int(port), user, password, peers))))
