"""Separate real Chromium processes, one a person, and what the people do in them."""

import asyncio
import contextlib
import math
import shutil
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from tests.support.demo import Demo

CHROMIUM = shutil.which("chromium")

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    # Names of the world are not looked up from here.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--allow-loopback-in-peer-connection",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=20",
)

OWN_SOUND = "own sound: "
"""So begins what a page says on its console when it begins to play a voice aloud: `PLAYS`, or why it may not."""
PLAYS = OWN_SOUND + "plays"
AUTOPLAY = "--autoplay-policy=no-user-gesture-required"


def tone(path: Path, hertz: float, seconds: float = 2.0) -> Path:
    """A WAV file of one tone, in whole periods so that it loops without a click."""
    rate = 48000
    count = round(round(seconds * hertz) / hertz * rate)
    samples = (0.5 * 32767 * np.sin(2 * math.pi * hertz * np.arange(count) / rate)).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return path


class People:
    """Starts a browser process for each person; ends them all."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self._folder = folder
        self._browsers: list[Browser] = []
        self._ready: list[Browser] = []
        """Begun as most of them are, for nobody yet."""
        self.errors: list[str] = []

    async def prepare(self, count: int) -> None:
        self._ready += [await self._launch([*_FLAGS, AUTOPLAY], CHROMIUM) for _ in range(count)]

    async def _launch(self, args: list[str], program: str | Path | None) -> Browser:
        if args == [*_FLAGS, AUTOPLAY] and program == CHROMIUM and self._ready:
            return self._ready.pop()
        browser = await self._playwright.chromium.launch(executable_path=program, args=args)
        self._browsers.append(browser)
        return browser

    async def person(
        self,
        *,
        hertz: float | None = None,
        autoplay: bool = True,
        flags: Sequence[str] = (),
        language: str = "en-GB",
        program: str | Path | None = CHROMIUM,
        **context: Any,
    ) -> Page:
        """A page in a Chromium process of its own, whose microphone gives a tone of `hertz`."""
        args = [*_FLAGS, *flags]
        if autoplay:
            args.append(AUTOPLAY)
        if hertz is not None:
            args.append(f"--use-file-for-fake-audio-capture={tone(self._folder / f'{hertz:.0f}.wav', hertz)}")
        browser = await self._launch(args, program)
        made = await browser.new_context(locale=language, **context)
        await made.add_init_script(PROBE)
        return await self.page(made)

    async def page(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        self.watch(page)
        context.on("page", self.watch)
        return page

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    async def close(self) -> None:
        async def close(browser: Browser) -> None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(browser.close(), 10)

        await asyncio.gather(*map(close, self._browsers))


@contextlib.asynccontextmanager
async def people(folder: Path, *, ready: int = 0) -> AsyncIterator[People]:
    """`ready`: so many browsers are begun at once, for the first to come."""
    async with async_playwright() as playwright:
        everybody = People(playwright, folder)
        try:
            await everybody.prepare(ready)
            yield everybody
        finally:
            await everybody.close()


# --- what people do ---


async def sign_in(page: Page, demo: Demo, name: str, path: str = "/console") -> Page:
    await page.goto(f"{demo.base}{path}")
    await page.get_by_label("Name", exact=True).fill(name)
    await page.get_by_label("Password", exact=True).fill(demo.password(name))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign in").wait_for(state="detached")
    return page


async def become_available(page: Page) -> None:
    await page.get_by_role("button", name="Unavailable").first.click()
    await page.get_by_role("menuitem", name="Available", exact=True).click()
    await page.get_by_role("button", name="Available", exact=False).first.wait_for()


async def ask_for_help(page: Page, demo: Demo, name: str = "Jeanne Petit", question: str = "It says error 12") -> None:
    """The shop, *Get help*, the form: the customer is in the queue."""
    await page.goto(f"{demo.shop}/checkout")
    await page.get_by_role("button", name="Get help").click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Your question").fill(question)
    await page.get_by_role("button", name="Get help").last.click()


async def next_picture(page: Page) -> None:
    """The page has drawn once more: time to look again."""
    await page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")


async def open_window(page: Page) -> Page:
    """From the company's page to the session window; ready when it is connected."""
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Talk, video or share screen").click()
    window = await opened.value
    await window.get_by_role("button", name="Microphone").wait_for()
    return window


async def say(page: Page, text: str) -> None:
    box = page.get_by_label("Message").or_(page.get_by_role("textbox", name="Message")).first
    await box.fill(text)
    await box.press("Enter")


async def share_pattern(page: Page, code: int) -> None:
    """The next screen that this page shares is a canvas with eight black or white bars."""
    await page.evaluate("(code) => window.__sharePattern(code)", code)


async def sees_pattern(page: Page, code: int, timeout: float = 30.0) -> None:
    """Wait until some incoming video shows these bars."""
    try:
        async with asyncio.timeout(timeout):
            while code not in await page.evaluate("() => window.__readPatterns()"):
                await next_picture(page)
    except TimeoutError:
        seen = await page.evaluate("() => window.__readPatterns()")
        raise AssertionError(f"pattern {code:08b} was not seen, but {seen}") from None


# --- what people see and hear ---

# Runs in the page before anything else: keeps every track that a PeerConnection receives, so that what arrives can be
# measured without knowing how the page shows it.
PROBE = """
(() => {
  const tracks = (window.__received = new Map());
  const Native = window.RTCPeerConnection;
  window.__peers = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      window.__peers.push(this);
      this.addEventListener("track", ({ track, transceiver }) =>
        tracks.set(track.id, { track, mid: transceiver.mid, pc: this }));
    }
  };
  window.__spectrum = async (hertz) => {
    // The loudest received audio: how much of it is near each of these frequencies (0 to 1), and how loud it is.
    window.__context ??= new AudioContext();
    await window.__context.resume();
    // The newest connections alone: what an abandoned one last said is not heard any more.
    const newest = new Set(window.__peers.filter((pc) => pc.connectionState === "connected"));
    const live = [...tracks.values()].filter((t) => t.track.kind === "audio" && newest.has(t.pc));
    const result = [];
    for (const entry of live) {
      if (!entry.analyser) {
        // Chromium decodes a remote track only when an element plays it.
        const element = new Audio();
        element.srcObject = new MediaStream([entry.track]);
        element.muted = true;
        element.play().catch(() => {});
        entry.element = element;
        const node = window.__context.createMediaStreamSource(element.srcObject);
        entry.analyser = window.__context.createAnalyser();
        entry.analyser.fftSize = 8192;
        entry.analyser.smoothingTimeConstant = 0;
        node.connect(entry.analyser);
      }
      const bins = new Float32Array(entry.analyser.frequencyBinCount);
      entry.analyser.getFloatFrequencyData(bins);
      const power = bins.map((db) => (Number.isFinite(db) ? 10 ** (db / 10) : 0));
      const width = window.__context.sampleRate / entry.analyser.fftSize;
      const total = power.reduce((a, b) => a + b, 0);
      const near = (hz) => {
        const at = Math.round(hz / width);
        let sum = 0;
        for (let i = Math.max(0, at - 4); i <= at + 4; i++) sum += power[i];
        return sum;
      };
      result.push({ mid: entry.mid, total, share: hertz.map((hz) => (total > 0 ? near(hz) / total : 0)) });
    }
    return result;
  };
  window.__sharePattern = (code, width = 640, height = 360, fps = 15) => {
    // What getDisplayMedia gives from now on: eight bars, between a black and a white one, and a moving mark.
    const canvas = document.createElement("canvas");
    const draw = canvas.getContext("2d");
    const state = (window.__pattern = { code, width, height, flash: 0 });
    let count = 0;
    const paint = () => {
      if (canvas.width !== state.width) { canvas.width = state.width; canvas.height = state.height; }
      const bar = canvas.width / 10;
      for (let i = 0; i < 10; i++) {
        const on = i === 0 ? 0 : i === 9 ? 1 : (state.code >> (8 - i)) & 1;
        draw.fillStyle = on ? "#fff" : "#000";
        draw.fillRect(i * bar, 0, bar + 1, canvas.height);
      }
      draw.fillStyle = "#f00";
      draw.fillRect((count++ * 9) % canvas.width, canvas.height - 12, 24, 12);
    };
    paint();
    const timer = setInterval(paint, 1000 / fps);
    navigator.mediaDevices.getDisplayMedia = async () => {
      const stream = canvas.captureStream(fps);
      stream.getVideoTracks()[0].addEventListener("ended", () => clearInterval(timer));
      return stream;
    };
  };
  window.__readPatterns = () => {
    // The bars of every video on the page, shadow roots included.
    const videos = [];
    const walk = (root) => {
      for (const node of root.querySelectorAll("*")) {
        if (node.tagName === "VIDEO") videos.push(node);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
    };
    walk(document);
    const canvas = (window.__readCanvas ??= document.createElement("canvas"));
    canvas.width = 100; canvas.height = 10;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const codes = [];
    for (const video of videos) {
      if (!video.videoWidth || !video.isConnected) continue;
      context.drawImage(video, 0, 0, 100, 10);
      const row = context.getImageData(0, 3, 100, 1).data;
      const on = (i) => (row[(i * 10 + 5) * 4 + 1] > 128 ? 1 : 0);
      if (on(0) || !on(9)) continue;
      let code = 0;
      for (let i = 1; i < 9; i++) code |= on(i) << (8 - i);
      codes.push(code);
    }
    return codes;
  };
  window.__watchArrivals = () => {
    // When the last frame of any incoming video came from the network (performance.now of this page).
    const state = (window.__arrivals ??= { count: 0, last: 0, seen: 0, videos: new Map() });
    state.count = 0;
    for (const { track } of tracks.values()) {
      if (track.kind !== "video" || state.videos.has(track.id)) continue;
      const video = document.createElement("video");
      video.muted = true;
      video.srcObject = new MediaStream([track]);
      video.play().catch(() => {});
      const frame = (_now, meta) => {
        state.count++;
        state.seen = performance.now();
        state.last = Math.max(state.last, meta.receiveTime ?? state.seen);
        video.requestVideoFrameCallback(frame);
      };
      video.requestVideoFrameCallback(frame);
      state.videos.set(track.id, video);
    }
  };
  window.__sent = async () => {
    // Frames that were encoded and sent of the share.
    let frames = 0;
    for (const pc of window.__peers)
      (await pc.getStats()).forEach((s) => {
        if (s.type === "outbound-rtp" && s.kind === "video") frames = Math.max(frames, s.framesSent ?? 0);
      });
    return frames;
  };
  window.__beeper = () => {
    // The microphone is silent but for beeps that are asked for, at the same instant as a flash of the share.
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const gain = context.createGain();
    const tone = context.createOscillator();
    gain.gain.value = 0;
    tone.frequency.value = 1000;
    tone.connect(gain).connect(out);
    tone.start();
    navigator.mediaDevices.getUserMedia = async () => out.stream.clone();
    window.__flashAndBeep = (code) => {
      window.__pattern.code = code;
      gain.gain.setValueAtTime(0.5, context.currentTime);
      gain.gain.setValueAtTime(0, context.currentTime + 0.4);
    };
  };
  window.__elements = new Set();
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    window.__elements.add(this);
    const playing = play.call(this);
    // Told by the console, as any look from outside would count as a click of the person's.
    if (!this.muted && this.srcObject?.getAudioTracks().length)
      playing.then(() => console.debug("own sound: plays"), ({ name }) => console.debug(`own sound: ${name}`));
    return playing;
  };
  window.__watchReplay = (code, text) => {
    // When each of the three is first there, in ms of this page.
    const found = (window.__found = {});
    // An element can be metered once: its meter stays.
    const context = (window.__meterContext ??= new AudioContext());
    const meters = (window.__meters ??= new Map());
    let before = performance.now();
    found.stall = 0;
    const look = () => {
      const now = performance.now();
      found.stall = Math.max(found.stall, now - before);
      before = now;
      if (!found.flash && window.__readPatterns().includes(code)) found.flash = now;
      const said = [...document.querySelectorAll("[data-state=now], [data-state=past]")];
      if (!found.line && said.some((line) => line.innerText.includes(text))) found.line = now;
      for (const element of window.__elements) {
        if (element.tagName === "VIDEO" && element.videoWidth) continue;
        if (!meters.has(element)) {
          const meter = context.createAnalyser();
          meter.fftSize = 1024;
          try { context.createMediaElementSource(element).connect(meter); } catch { /* another has it */ }
          meter.connect(context.destination);
          meters.set(element, meter);
        }
        const wave = new Float32Array(1024);
        meters.get(element).getFloatTimeDomainData(wave);
        if (!found.beep && wave.some((v) => Math.abs(v) > 0.05)) found.beep = now;
      }
      if (!found.flash || !found.beep || !found.line) setTimeout(look, 10);
    };
    look();
  };
  window.__watchPauses = () => {
    // The longest time between two decoded frames, for each incoming video that flows now.
    const seen = (window.__flow = new Map());
    const look = async () => {
      const now = performance.now();
      for (const f of await window.__frames()) {
        const key = `${f.leg}/${f.mid}`;
        const before = seen.get(key);
        if (!before) { if (f.decoded > 0) seen.set(key, { decoded: f.decoded, at: now, longest: 0, ...f }); continue; }
        if (f.decoded > before.decoded) {
          before.longest = Math.max(before.longest, (now - before.at) / 1000);
          before.at = now;
          before.decoded = f.decoded;
        }
      }
    };
    window.__flowTimer = setInterval(look, 50);
  };
  window.__pauses = () => {
    clearInterval(window.__flowTimer);
    const now = performance.now();
    return [...window.__flow.entries()].map(([key, f]) => ({
      key, longest: Math.max(f.longest, (now - f.at) / 1000),
    }));
  };
  window.__frames = async () => {
    // Decoded frames and sizes of each incoming video.
    const out = [];
    for (const [leg, pc] of window.__peers.entries()) {
      if (pc.connectionState !== "connected") continue;
      (await pc.getStats()).forEach((s) => {
        if (s.type === "inbound-rtp" && s.kind === "video")
          out.push({ leg, mid: s.mid, decoded: s.framesDecoded ?? 0, width: s.frameWidth ?? 0, height: s.frameHeight });
      });
    }
    return out;
  };
})();
"""


async def hears(page: Page, hertz: float, timeout: float = 30.0) -> float:
    """Wait until some received audio is mostly this tone; returns its share of the spectrum."""
    best = 0.0
    try:
        async with asyncio.timeout(timeout):
            while True:
                found = await page.evaluate("(hz) => window.__spectrum([hz])", hertz)
                best = max([best, *(float(f["share"][0]) for f in found if f["total"] > 1e-7)])
                if best > 0.5:
                    return best
                await next_picture(page)
    except TimeoutError:
        raise AssertionError(f"a tone of {hertz} Hz was not heard (best share {best:.3f})") from None


async def loudness(page: Page, hertz: float) -> float:
    """Power near this tone in everything that is received now."""
    found = await page.evaluate("(hz) => window.__spectrum([hz])", hertz)
    return float(sum(f["share"][0] * f["total"] for f in found))


def _line(frames: dict[str, Any]) -> str:
    return f"{frames['leg']}/{frames['mid']}"


async def moving_video(page: Page, count: int = 1, timeout: float = 30.0) -> list[dict[str, Any]]:
    """Wait until `count` incoming videos have decoded frames and go on doing so."""
    first: dict[str, int] = {}
    try:
        async with asyncio.timeout(timeout):
            while True:
                found: list[dict[str, Any]] = await page.evaluate("() => window.__frames()")
                moving = [
                    f for f in found if f["decoded"] > first.setdefault(f"{f['leg']}/{f['mid']}", f["decoded"]) + 3
                ]
                if len(moving) >= count:
                    return moving
                await next_picture(page)
    except TimeoutError:
        raise AssertionError(f"{count} moving videos were not seen") from None
