"""A media worker that says, when it ends, how long it kept each frame: `python -m tests.bench.timed_worker ADDRESS`."""

import asyncio
import json
import sys

import pytest

from rs_server.media.worker import run_worker
from rs_server.rtc.ice import IceSettings
from tests.bench.stopwatch import Stopwatch

SECRET = "bench"

if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        watch = Stopwatch(patch)
        asyncio.run(run_worker(sys.argv[1], SECRET.encode(), IceSettings(["127.0.0.1"])))
        print(json.dumps(watch.milliseconds), flush=True)
