import type { SessionInfo, Timeline } from "../contract/messages"
import type { SessionView } from "../wire/view"
import { Clock } from "./clock"
import { fetchFile, type PageSeams, PageTrack } from "./page"
import { durationOf, History, type Lane, lanes } from "./timeline"
import { type Failure, fetchHead, type Moment, Track, type TrackSeams } from "./track"

export interface Interval {
  from: number
  to: number
}

/** What a page shows besides the running time. A new object whenever something in it changed. */
export interface PlayerState {
  playing: boolean
  /** Played, but waiting for media that is on its way. */
  waiting: boolean
  ended: boolean
  rate: number
  skipSilence: boolean
  /** How many events have happened. */
  count: number
  /** Ids of the parts under the playhead. */
  active: readonly string[]
  failed: readonly { part: string; why: Failure }[]
  /** Ids of the parts of the customer's page for which there should be a view. */
  pages: readonly string[]
  /** Of the page under the playhead, the share that has come; null when nothing is waited for. */
  loaded: number | null
  /** How many acts on the page are known. */
  acts: number
}

/** Seconds of silence that stay around what was done on the page. */
const BEFORE_ACT = 1
const AFTER_ACT = 2

export interface PlayerSeams extends TrackSeams, PageSeams {
  /** Calls back at each frame while somebody looks; returns how to stop it. */
  frames: (tick: () => void) => () => void
}

const browser: PlayerSeams = {
  element: (kind) => document.createElement(kind),
  head: fetchHead,
  file: fetchFile,
  now: () => performance.now() / 1000,
  frames: everyFrame,
}

/** Joins clock, tracks and events. Pages listen; nothing here knows a page. */
export class Player {
  readonly duration: number
  readonly lanes: readonly Lane[]
  readonly history: History
  readonly tracks: ReadonlyMap<string, Track>
  readonly pages: ReadonlyMap<string, PageTrack>
  state: PlayerState
  #clock: Clock
  #silences: readonly Interval[] = []
  #skipSilence = false
  #acts: readonly number[] = []
  #changes = new Set<() => void>()
  #times = new Set<(time: number) => void>()
  #shown = Number.NaN
  #stop: () => void

  constructor(timeline: Timeline, session: SessionInfo, seams: PlayerSeams = browser) {
    this.duration = durationOf(timeline)
    this.lanes = lanes(timeline.parts)
    this.history = new History(timeline.events, session)
    this.#clock = new Clock(this.duration, seams.now)
    const changed = () => this.#emit()
    const [pages, media] = [true, false].map((page) => timeline.parts.filter((p) => (p.label === "page") === page))
    this.tracks = new Map(media?.map((part) => [part.id, new Track(part, seams, changed)]))
    this.pages = new Map(pages?.map((part) => [part.id, new PageTrack(part, seams, changed)]))
    this.state = this.#read()
    this.#stop = seams.frames(this.tick)
  }

  /** Seconds on the timeline. */
  get time(): number {
    return this.#clock.time
  }

  get #all(): (Track | PageTrack)[] {
    return [...this.tracks.values(), ...this.pages.values()]
  }

  /** The session as the live view showed it at this moment. */
  get view(): SessionView {
    return this.history.after(this.state.count)
  }

  play(): void {
    this.#clock.play()
    this.tick()
  }

  pause(): void {
    this.#clock.pause()
    this.tick()
  }

  toggle(): void {
    if (this.#clock.playing) this.pause()
    else this.play()
  }

  seek(time: number): void {
    this.#clock.seek(time)
    for (const track of this.#all) track.sought()
    this.tick()
  }

  setRate(rate: number): void {
    this.#clock.setRate(rate)
    this.tick()
  }

  setSkipSilence(on: boolean): void {
    this.#skipSilence = on
    this.tick()
  }

  /** Where nobody speaks; what skipping jumps over. */
  setSilences(silences: readonly Interval[]): void {
    this.#silences = silences
  }

  /** Tries parts again that could not be played. */
  retry(): void {
    for (const track of this.#all) track.retry()
    this.tick()
  }

  close(): void {
    this.#stop()
    this.#changes.clear()
    this.#times.clear()
    for (const track of this.#all) track.close()
  }

  /** Told when `state` has changed. */
  subscribe = (listener: () => void): (() => void) => {
    this.#changes.add(listener)
    return () => this.#changes.delete(listener)
  }

  /** Told the time at each frame in which it changed, and at once. */
  onTime = (listener: (time: number) => void): (() => void) => {
    this.#times.add(listener)
    listener(this.time)
    return () => this.#times.delete(listener)
  }

  tick = (): void => {
    const clock = this.#clock
    if (clock.playing && clock.ended) clock.pause()
    if (clock.playing && this.#skipSilence) this.#jumpSilence()
    const moment: Moment = { time: clock.time, rate: clock.rate, running: clock.playing, held: clock.held }
    let held = false
    for (const track of this.#all) {
      track.follow(moment)
      held = track.blocks(moment) || held
    }
    clock.hold(held)
    this.#emit()
    if (moment.time !== this.#shown) {
      this.#shown = moment.time
      for (const listener of this.#times) listener(moment.time)
    }
  }

  /** What is done on the page in silence is not jumped over. */
  #jumpSilence(): void {
    const time = this.#clock.time
    const silence = this.#silences.find(({ from, to }) => time >= from && time < to)
    const next = silence && this.#actTimes().find((at) => at > time - AFTER_ACT)
    if (!silence) return
    const to = Math.min(silence.to, (next ?? Number.POSITIVE_INFINITY) - BEFORE_ACT)
    if (to > time) this.#clock.seek(to)
  }

  /** Times of what was done on the page, in order. */
  #actTimes(): readonly number[] {
    const count = this.state.acts
    if (count !== this.#acts.length) {
      const times = [...this.pages.values()].flatMap(({ part, acts }) => acts.map((act) => part.starts + act.at))
      this.#acts = times.sort((a, b) => a - b)
    }
    return this.#acts
  }

  #read(): PlayerState {
    const { time, playing, held, ended, rate } = this.#clock
    const tracks = this.#all
    const pages = [...this.pages.values()]
    const coming = pages.find((page) => page.covers(time) && page.state.kind === "loading")
    return {
      playing,
      waiting: playing && held,
      ended,
      rate,
      skipSilence: this.#skipSilence,
      count: this.history.countAt(time),
      active: tracks.filter((track) => track.covers(time)).map((track) => track.id),
      failed: tracks.flatMap(({ id, state }) => (state.kind === "failed" ? [{ part: id, why: state.why }] : [])),
      pages: pages.filter((page) => page.near && page.state.kind === "ready").map((page) => page.id),
      loaded: coming?.share ?? null,
      acts: pages.reduce((sum, page) => sum + page.acts.length, 0),
    }
  }

  #emit(): void {
    const next = this.#read()
    if (same(this.state, next)) return
    this.state = next
    for (const listener of this.#changes) listener()
  }
}

function same(a: PlayerState, b: PlayerState): boolean {
  return (
    a.playing === b.playing &&
    a.waiting === b.waiting &&
    a.ended === b.ended &&
    a.rate === b.rate &&
    a.skipSilence === b.skipSilence &&
    a.count === b.count &&
    a.active.join() === b.active.join() &&
    a.pages.join() === b.pages.join() &&
    a.loaded === b.loaded &&
    a.acts === b.acts &&
    a.failed.map((f) => f.part + f.why).join() === b.failed.map((f) => f.part + f.why).join()
  )
}

/** Frames of the screen, and a slow beat beside them, because a hidden page has no frames but is still heard. */
function everyFrame(tick: () => void): () => void {
  let frame = 0
  const onFrame = () => {
    tick()
    frame = requestAnimationFrame(onFrame)
  }
  frame = requestAnimationFrame(onFrame)
  const beat = setInterval(tick, 250)
  return () => {
    cancelAnimationFrame(frame)
    clearInterval(beat)
  }
}
