import type { PageDo, PageMark, ServerBody } from "../contract/messages"
import { PageActor } from "./acts"
import { PageAssets } from "./assets"
import { ChildFrames } from "./children"
import { ServerDepot } from "./depot"
import { Engine } from "./engine"
import { PageMasker } from "./mask"
import type { Actor, Capture, Host } from "./parts"
import { type Pipe, Sender } from "./sender"
import { Source } from "./source"
import { Front, Tab } from "./tabs"

const DRAIN_MS = 100

/** The customer's side of co-browsing on this page. Nothing is looked at but between `#begin` and `#halt`. */
export class PageCapture implements Capture {
  #host: Host
  #masker: PageMasker
  #assets: PageAssets
  #engine: Engine
  #actor: PageActor
  #frames: ChildFrames
  #tab = new Tab()
  #front: Front
  #source: Source
  #sender: Sender | null = null
  /** Of the next snapshot. */
  #epoch = 0
  #open = false
  #paused = false
  #alarm = false
  #running = false
  #controllers: readonly string[] = []
  #draining: ReturnType<typeof setTimeout> | undefined

  constructor(host: Host) {
    this.#host = host
    this.#masker = new PageMasker(host.rules, document)
    const depot = new ServerDepot(host)
    this.#assets = new PageAssets(depot)
    this.#frames = new ChildFrames({
      rules: () => host.rules,
      emit: (event) => this.#sender?.emit(event),
      number: () => this.#engine.number(),
      depot,
      texts: () => textsOf(host),
      language: () => host.language,
      controllers: () => host.controllers(),
    })
    const ours = new Set([host.panel])
    this.#engine = new Engine({
      document,
      masker: this.#masker,
      assets: this.#assets,
      emit: (event) => this.#sender?.emit(event),
      exclude: (element) => ours.has(element),
      frames: this.#frames,
      ready: () => this.#sender?.ready ?? false,
    })
    this.#actor = new PageActor(host, this.#engine.nodes, this.#masker)
    ours.add(this.#actor.layer.element)
    this.#front = new Front(host.session, this.#masker, () => this.#source.about())
    this.#source = new Source({
      base: host.base,
      session: host.session,
      access: () => host.access(),
      tab: () => this.#tab.id,
      renumber: () => this.#tab.renumber(),
      about: () => this.#front.about(this.#allowed),
      welcome: (epoch, pipe) => this.#welcome(epoch, pipe),
      flow: (open, epoch) => {
        const anew = this.#running && epoch !== null
        this.#epoch = epoch ?? this.#epoch
        this.#open = open
        this.#settle()
        if (anew && this.#running) this.#begin()
      },
      snapshot: () => {
        if (this.#running) this.#begin()
      },
      act: (asked) => this.#act(asked),
      mark: (shown) => this.#mark(shown),
      lost: () => {
        this.#open = false
        this.#settle()
        this.#sender = null
      },
    })
  }

  changed(): void {
    const now = this.#host.controllers()
    if (this.#controllers.some((one) => !now.includes(one))) this.#actor.stop()
    this.#controllers = [...now]
    this.#frames.revoke()
    const other = this.#masker.use(this.#host.rules)
    this.#settle()
    this.#source.about()
    if (other && this.#running) this.#begin()
  }

  heard(body: ServerBody): void {
    if (body.type !== "page.tabs" || !body.alarm || this.#alarm) return
    this.#alarm = true
    this.#host.notify({ state: "alarm" })
    this.#settle()
  }

  pause(paused: boolean): void {
    this.#paused = paused
    this.#settle()
    this.#source.pause(paused)
    this.#source.about()
  }

  close(): void {
    this.#open = false
    this.#settle()
    this.#source.close()
    this.#front.close()
    this.#assets.close()
    this.#masker.close()
  }

  #welcome(epoch: number, pipe: Pipe): void {
    this.#epoch = epoch
    this.#sender = new Sender(pipe, () => this.#overrun())
  }

  /** Somebody may see the site's tabs, this one or another. */
  get #allowed(): boolean {
    return !this.#paused && !this.#alarm && this.#host.viewers().length > 0
  }

  /** Shows, or does not, as all who have a say in it want it now. The grants and the server must both say yes. */
  #settle(): void {
    const show = this.#open && this.#allowed
    if (show === this.#running) return
    this.#running = show
    if (show) this.#begin()
    else this.#halt()
    this.#host.notify({ state: show ? "shown" : "hidden" })
  }

  #begin(): void {
    clearTimeout(this.#draining)
    this.#engine.stop()
    this.#frames.stop()
    this.#sender?.begin(this.#epoch)
    this.#engine.start(this.#epoch++)
  }

  #halt(): void {
    clearTimeout(this.#draining)
    this.#engine.stop()
    this.#frames.stop()
    this.#actor.stop()
    this.#sender?.end()
  }

  /** Too far behind: nothing more goes out until the socket is free again, then the page as it is then. */
  #overrun(): void {
    this.#engine.stop()
    this.#frames.stop()
    this.#sender?.end()
    const look = () => {
      if (this.#sender?.drained) this.#begin()
      else this.#draining = setTimeout(look, DRAIN_MS)
    }
    this.#draining = setTimeout(look, DRAIN_MS)
  }

  #act({ act, by, by_name, epoch, op }: PageDo): void {
    const tell: Parameters<Actor["act"]>[3] = (outcome, reason) => {
      this.#host.send({ type: "page.acted", act, holder: by, outcome, reason }).catch(() => {})
    }
    if (!this.#running || !this.#host.controllers().includes(by)) tell("refused", "no_consent")
    else if (epoch !== this.#engine.nodes.epoch) tell("refused", "old_epoch")
    else {
      const who = { id: by, name: by_name }
      if (!this.#frames.act(op, who, tell)) this.#actor.act(op, epoch, who, tell)
    }
  }

  #mark({ by, by_name, epoch, shown }: PageMark): void {
    if (!this.#running || epoch !== this.#engine.nodes.epoch || !this.#host.viewers().includes(by)) return
    const who = { id: by, name: by_name }
    if (!this.#frames.show(shown, who)) this.#actor.show(shown, epoch, who)
  }
}

/** Texts of questions that frames ask, their gaps still open. */
function textsOf(host: Host): Record<string, string> {
  const keys = ["title", "named", "text", "yes", "no"].map((key) => `page.risk.${key}`)
  return Object.fromEntries(keys.map((key) => [key, host.text(key, { name: "{{name}}", what: "{{what}}" })]))
}
