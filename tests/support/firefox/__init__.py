"""Firefox as a person's browser, driven over WebDriver BiDi by a small Node program."""

import asyncio
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.support.browsers import PROBE
from tests.support.demo import ROOT

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
NODE = shutil.which("node")
MODULES = ROOT / "web" / "node_modules"
HERTZ = 1000.0
"""The tone of Firefox's own pretended microphone."""

# Without a sound card Firefox starts no live audio context, so that what arrives is recorded for a moment and
# decoded offline. The answer is that of the probe's own `__spectrum`.
SPECTRUM = """
window.__spectrum = async (hertz) => {
  const live = [...window.__received.values()].filter(
    (t) => t.track.kind === "audio" && t.pc.connectionState === "connected" && !t.track.muted);
  return (await Promise.all(live.map(async ({ track, mid }) => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const pieces = [];
    recorder.ondataavailable = (event) => pieces.push(event.data);
    const over = new Promise((done) => { recorder.onstop = done; });
    recorder.start();
    setTimeout(() => recorder.stop(), 600);
    await over;
    const bytes = await new Blob(pieces).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes).catch(() => null);
    const size = 8192;
    if (!sound || sound.length < size) return null;
    const wave = sound.getChannelData(0).slice(-size)
      .map((v, i) => v * 0.5 * (1 - Math.cos((2 * Math.PI * i) / size)));
    const total = wave.reduce((sum, v) => sum + v * v, 0) * size;
    const near = (hz) => {
      const at = Math.round((hz * size) / sound.sampleRate);
      let sum = 0;
      for (let bin = at - 4; bin <= at + 4; bin++) {
        let [re, im] = [0, 0];
        wave.forEach((v, i) => {
          re += v * Math.cos((2 * Math.PI * bin * i) / size);
          im += v * Math.sin((2 * Math.PI * bin * i) / size);
        });
        sum += 2 * (re * re + im * im);
      }
      return sum;
    };
    return { mid, total: total / size / size, share: hertz.map((hz) => (total > 0 ? near(hz) / total : 0)) };
  }))).filter(Boolean);
};
"""


def lacking() -> str | None:
    """What is not there, in words; None when everything is."""
    if FIREFOX is None:
        return "firefox-esr is not installed"
    if NODE is None or not (MODULES / "puppeteer-core").is_dir():
        return "puppeteer-core is not installed: npm ci in web/"
    return None


class Fox:
    """The program that drives the browser: commands go in as lines, answers come out as lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.create_task(self._read())
        self.ready = asyncio.Event()
        self.errors: list[str] = []
        self.expected: list[str] = []
        """Parts of what the browser may complain of."""

    async def do(self, action: str, /, timeout: float = 30, **options: Any) -> Any:
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "do": action, **options}).encode() + b"\n")
        await self._process.stdin.drain()
        async with asyncio.timeout(timeout):
            return await answer

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            message = json.loads(line)
            if message.get("event") == "ready":
                self.ready.set()
            elif "event" in message:
                self._heard(message)
            elif (waiting := self._waiting.pop(message["id"], None)) and not waiting.done():
                if "error" in message:
                    waiting.set_exception(AssertionError(message["error"]))
                else:
                    waiting.set_result(message["value"])
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the driver of Firefox has ended"))

    def _heard(self, message: dict[str, Any]) -> None:
        if any(each in message["text"] for each in self.expected):
            return
        if message["event"] == "error" or "Content-Security-Policy" in message["text"]:
            self.errors.append(f"{message['url']}: {message['text']}")

    async def page(self) -> "FoxPage":
        return FoxPage(self, await self.do("page"))

    async def opened(self, address: str) -> "FoxPage":
        """The page of an address that a click has opened."""
        return FoxPage(self, await self.do("opened", address=address))


class FoxPage:
    """A page of Firefox; `evaluate` and `wait_for_function` are as those of the other browser's pages."""

    def __init__(self, fox: Fox, number: int) -> None:
        self._fox = fox
        self._number = number

    async def _do(self, action: str, /, **options: Any) -> Any:
        return await self._fox.do(action, page=self._number, **options)

    async def goto(self, url: str) -> None:
        await self._do("goto", url=url)

    async def reload(self) -> None:
        await self._do("reload")

    async def click(self, name: str, kind: str = "button", *, last: bool = False) -> None:
        await self._do("click", kind=kind, name=name, last=last)

    async def fill(self, name: str, text: str) -> None:
        await self._do("fill", name=name, text=text)

    async def say(self, text: str) -> None:
        await self.fill("Message", text)
        await self._do("press", key="Enter")

    async def send_file(self, path: Path, field: str = "") -> None:
        await self._do("upload", name=field, path=str(path))

    async def sees(self, name: str, kind: str = "text") -> None:
        """Wait until there is such a thing, in sight."""
        await self._do("wait", kind=kind, name=name)

    async def evaluate(self, code: str, argument: Any = None) -> Any:
        return await self._do("evaluate", code=code, argument=argument)

    async def within(self, code: str, argument: Any = None) -> Any:
        """What the code answers in the first of the frames where that is something; waits for it."""
        return await self._do("within", code=code, argument=argument)

    async def hit(self, code: str, argument: Any = None) -> None:
        """A click in the middle of the element that the code finds in one of the frames, whatever lies over it."""
        await self._do("hit", code=code, argument=argument)

    async def type(self, text: str) -> None:
        await self._do("type", text=text)

    async def wait_for_function(self, code: str) -> None:
        while not await self.evaluate(code):
            pass

    async def screenshot(self, path: Path) -> None:
        await self._do("screenshot", path=str(path))


@contextlib.asynccontextmanager
async def firefox() -> AsyncIterator[Fox]:
    assert FIREFOX is not None
    assert NODE is not None
    process = await asyncio.create_subprocess_exec(
        NODE,
        str(Path(__file__).with_name("driver.mjs")),
        str(MODULES.parent),
        FIREFOX,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
    )
    fox = Fox(process)
    try:
        async with asyncio.timeout(60):
            await fox.ready.wait()
        await fox.do("before", code=PROBE + SPECTRUM)
        yield fox
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()
            await process.wait()
        await fox._reader
