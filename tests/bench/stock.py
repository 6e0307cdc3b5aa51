"""The peer: aiortc as it comes, in a process of its own. `python -m tests.bench.stock pass|transcode|record [FILE]`

Each line of input is an offer, `{"sdp", "publishes"}`; each is answered by a line. What is published is passed to
those who come after: undecoded (`pass`), or decoded and encoded for each (`transcode`); or it is recorded. When the
input ends it says how long it kept each frame.
"""

import asyncio
import json
import sys
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaRecorder, MediaRelay
from aiortc.mediastreams import MediaStreamTrack

from tests.bench.encoded import loopback
from tests.bench.stopwatch import Stopwatch


class Stock:
    def __init__(self, recorder: MediaRecorder | None) -> None:
        self._recorder = recorder
        self._relay = MediaRelay()
        self._hole = MediaBlackhole()
        self._video: MediaStreamTrack | None = None
        self._connections: list[RTCPeerConnection] = []

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps({"sdp": await self._answer(json.loads(line))}), flush=True)
        if self._recorder is not None:
            await self._recorder.stop()
        for connection in self._connections:
            await connection.close()

    async def _answer(self, offer: dict[str, Any]) -> str:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.append(connection)
        connection.on("track", self._take)
        await connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
        if not offer["publishes"]:
            assert self._video is not None
            connection.addTrack(self._relay.subscribe(self._video))
        elif self._recorder is not None:
            await self._recorder.start()
        else:
            await self._hole.start()
        await connection.setLocalDescription(await connection.createAnswer())
        return connection.localDescription.sdp

    def _take(self, track: MediaStreamTrack) -> None:
        if self._recorder is not None:
            self._recorder.addTrack(track)
        elif track.kind == "video":
            self._video = track
        else:
            self._hole.addTrack(track)


async def main(mode: str, file: str = "") -> None:
    await Stock(MediaRecorder(file) if mode == "record" else None).serve()


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch, loopback(decode=sys.argv[1] != "pass"):
        watch = Stopwatch(patch)
        asyncio.run(main(*sys.argv[1:]))
        print(json.dumps(watch.milliseconds), flush=True)
