import type { Point } from "../page/acts"
import type { Event } from "../page/format"
import type { Person, RecordedAct } from "../page/port"
import { parse } from "../page/read"
import * as kept from "../page/record"
import { Goes } from "./live"
import { Model } from "./model"
import { pieces } from "./slices"

/** A recording is entered anew after about so much: what is built and done from there to any place stays small. */
const STRIDE = 3000
/** What was shown before a place that is jumped to may still be seen there. */
const LINGER_MS = 15_000
/** People in the order in which they do something; as on the customer's page. */
const COLOURS = ["#3155d6", "#b3401f", "#117a49", "#8a3fb0", "#8f5a00"]

/** A place where a recording can be entered. */
interface Entry {
  /** The record that comes next. */
  next: number
  epoch: number
  /** What builds the page; empty: the next record does. */
  events: Event[]
}

/** What a replay does to the view. */
export interface Screen {
  begin(epoch: number): void
  /** Throws for what cannot be. */
  apply(event: Event): void
  shown(by: Person, shown: kept.ShownPayload["shown"]): void
  acted(by: Person, at: Point, op: RecordedAct["op"]): void
  /** Nobody saw the page. */
  cut(): void
  broken(why: string): void
  acts(acts: RecordedAct[]): void
  /** It is shown as at the wanted time. */
  settled(): void
}

/** Shows a recorded page part at any time of it. */
export class Replay {
  /** Milliseconds of the recording, at what is done now. */
  clock = 0
  readonly #screen: Screen
  readonly #goes = new Goes((error) => {
    this.#next = -1
    this.#screen.broken(error instanceof Error ? error.message.slice(0, 200) : "unknown")
  })
  #records: kept.Record[] = []
  #entries: Entry[] = []
  #people = new Map<string, Person>()
  #loading = 0
  #ready = false
  /** First record that is not shown yet; -1: nothing is. */
  #next = -1
  #goal = 0
  #following = false

  constructor(screen: Screen) {
    this.#screen = screen
  }

  async load(data: ArrayBuffer): Promise<void> {
    this.clear()
    const loading = ++this.#loading
    const records = await kept.unpack(data)
    if (loading !== this.#loading) return
    this.#records = records
    this.#goes.add(this.#index())
  }

  clear(): void {
    this.#loading++
    this.#goes.clear()
    this.#records = []
    this.#entries = []
    this.#people.clear()
    this.#ready = this.#following = false
    this.#next = -1
  }

  /** Show what was there so many seconds after the part began. */
  at(seconds: number): void {
    this.#goal = Math.max(0, seconds * 1000)
    if (!this.#ready || this.#following) return
    this.#following = true
    this.#goes.add(this.#follow())
  }

  /** Goes through all of it once: where it can be entered, and who did what. What cannot be read ends it. */
  *#index(): Generator<void, void, void> {
    const model = new Model()
    const acts = new Acts()
    let cost = 0
    for (const [at, record] of this.#records.entries()) {
      acts.take(record)
      if (record.kind === kept.CUT) this.#entries.push({ next: at, epoch: record.epoch, events: [] })
      if (record.kind !== kept.MESSAGE) continue
      try {
        const [, ...events] = parse(decode(record))
        for (const event of events) model.apply(event)
        if (events[0]?.[0] === "init") this.#entries.push({ next: at, epoch: record.epoch, events: [] })
        cost += 10 + events.length
        // One costs as much memory as the page has nodes: large pages have fewer.
        if (cost > Math.max(STRIDE, model.size)) {
          cost = 0
          this.#entries.push({ next: at + 1, epoch: record.epoch, events: model.say() })
        }
      } catch {
        this.#records = this.#records.slice(0, at)
        break
      }
      yield
    }
    this.#ready = true
    this.#screen.acts(acts.all)
    this.at(this.#goal / 1000)
  }

  *#follow(): Generator<void, void, void> {
    for (;;) {
      const goal = this.#goal
      const end = this.#end(goal)
      const entry = this.#entryFor(end)
      if (entry) yield* this.#enter(entry, goal)
      while (this.#next >= 0 && this.#next < end && this.#goal >= goal) {
        yield* this.#show(this.#records[this.#next] as kept.Record, goal)
        this.#next++
      }
      if (this.#goal === goal) break
    }
    this.clock = this.#goal
    this.#following = false
    this.#screen.settled()
  }

  /** Number of records up to a time. */
  #end(ms: number): number {
    let [low, high] = [0, this.#records.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#records[middle]?.at ?? 0) <= ms) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Where to enter to get there; null when going on from here is as near. */
  #entryFor(end: number): Entry | null {
    const found = this.#entries.findLast((one) => one.next + (one.events.length > 0 ? 0 : 1) <= end) ?? null
    if (this.#next < 0 || end < this.#next) return found
    // Going on is dearer than building anew only when much lies between.
    return found && found.next - this.#next > STRIDE ? found : null
  }

  *#enter(entry: Entry, goal: number): Generator<void, void, void> {
    this.#screen.begin(entry.epoch)
    for (const event of entry.events) {
      for (const piece of pieces(event)) {
        this.#screen.apply(piece)
        yield
      }
    }
    // What was shown shortly before stays visible for a while.
    for (let at = this.#end(Math.max(0, goal - LINGER_MS)); at < entry.next; at++) {
      const record = this.#records[at] as kept.Record
      if (record.kind === kept.SHOWN || record.kind === kept.ACT) yield* this.#show(record, goal)
    }
    this.#next = entry.next
  }

  *#show(record: kept.Record, goal: number): Generator<void, void, void> {
    this.clock = record.at
    if (record.kind === kept.MESSAGE) {
      const [, ...events] = parse(decode(record))
      if (events[0]?.[0] === "init") this.#screen.begin(record.epoch)
      for (const event of events) {
        for (const piece of pieces(event)) {
          this.#screen.apply(piece)
          yield
        }
      }
    } else if (record.kind === kept.CUT) this.#screen.cut()
    else if (goal - record.at <= LINGER_MS) this.#somebody(record)
    yield
  }

  #somebody(record: kept.Record): void {
    const act = record.kind === kept.ACT ? kept.actOf(record) : null
    if (act) {
      const by = this.#person(act.by, act.by_name)
      const { op } = act
      if (op.op === "hover") this.#screen.shown(by, { mark: "pointer", at: [op.node, op.x, op.y] })
      else this.#screen.acted(by, placeOf(op), op.op)
    }
    const shown = record.kind === kept.SHOWN ? kept.shownOf(record) : null
    if (shown) this.#screen.shown(this.#person(shown.by, shown.by_name), shown.shown)
  }

  #person(id: string, name: string): Person {
    const found = this.#people.get(id)
    if (found) return found
    const made = { id, name, color: COLOURS[this.#people.size % COLOURS.length] as string }
    this.#people.set(id, made)
    return made
  }
}

function decode(record: kept.Record): string {
  return new TextDecoder().decode(record.payload)
}

function placeOf(op: kept.ActPayload["op"]): Point {
  if ("x" in op && "y" in op && op.op !== "scroll") return [op.node, Number(op.x), Number(op.y)]
  return "node" in op ? [op.node, 0.5, 0.5] : [0, 0.5, 0]
}

/** Acts and what became of them. */
class Acts {
  readonly all: RecordedAct[] = []
  readonly #open = new Map<string, RecordedAct>()

  take(record: kept.Record): void {
    const act = record.kind === kept.ACT ? kept.actOf(record) : null
    if (act && act.op.op !== "hover") {
      const made: RecordedAct = { at: record.at / 1000, by: act.by_name, op: act.op.op, outcome: null, reason: null }
      this.all.push(made)
      this.#open.set(act.act, made)
    }
    const result = record.kind === kept.RESULT ? kept.resultOf(record) : null
    const open = result && this.#open.get(result.act)
    if (!result || !open) return
    open.outcome = result.outcome
    open.reason = result.reason ?? null
  }
}
