import type { Entry, Registry } from "./nodes"
import type { Assets, Emit } from "./parts"

/** Side of the small copy by which a change is seen. */
const SIDE = 32
/** Canvases looked at in one go. */
const AT_ONCE = 8
const QUALITY = 0.85

interface Seen {
  print: string
  /** A picture of it is on its way. */
  busy: boolean
  /** It may not be read. */
  tainted: boolean
}

/** Pictures of what is drawn on canvases, when it has changed. */
export class Canvases {
  readonly #registry: Registry
  readonly #assets: Assets
  readonly #emit: Emit
  readonly #all = new Map<Entry, Seen>()
  #small: CanvasRenderingContext2D | null = null

  constructor(registry: Registry, assets: Assets, emit: Emit) {
    this.#registry = registry
    this.#assets = assets
    this.#emit = emit
  }

  clear(): void {
    this.#all.clear()
  }

  add(entry: Entry): void {
    this.#all.set(entry, { print: "", busy: false, tainted: false })
  }

  forget(entry: Entry): void {
    this.#all.delete(entry)
  }

  /** At most four times a second; those out of sight are left alone. */
  check(): void {
    let count = 0
    for (const [entry, seen] of this.#all) {
      if (seen.busy || seen.tainted) continue
      const canvas = entry.node as HTMLCanvasElement
      if (canvas.width === 0 || canvas.height === 0 || !inSight(canvas)) continue
      if (++count > AT_ONCE) {
        // Its turn comes: the order of the map is that of the next look.
        this.#all.delete(entry)
        this.#all.set(entry, seen)
        return
      }
      this.#look(entry, canvas, seen)
    }
  }

  #look(entry: Entry, canvas: HTMLCanvasElement, seen: Seen): void {
    const print = this.#print(canvas)
    if (print === null) {
      seen.tainted = true
      return
    }
    if (print === seen.print) return
    seen.print = print
    seen.busy = true
    canvas.toBlob(
      (blob) => {
        this.#put(entry, blob).finally(() => {
          seen.busy = false
        })
      },
      "image/webp",
      QUALITY,
    )
  }

  async #put(entry: Entry, blob: Blob | null): Promise<void> {
    const picture = blob && (await this.#assets.put(blob))
    if (picture && this.#registry.has(entry)) this.#emit(["more", entry.id, { picture }])
  }

  /** null: it may not be read. */
  #print(canvas: HTMLCanvasElement): string | null {
    if (!this.#small) {
      const own = document.createElement("canvas")
      own.width = own.height = SIDE
      this.#small = own.getContext("2d", { willReadFrequently: true })
    }
    const context = this.#small
    if (!context) return null
    try {
      context.clearRect(0, 0, SIDE, SIDE)
      context.drawImage(canvas, 0, 0, SIDE, SIDE)
      const { data } = context.getImageData(0, 0, SIDE, SIDE)
      let a = 1
      let b = 0
      for (const byte of data) {
        a = (a + byte) % 65521
        b = (b + a) % 65521
      }
      return `${canvas.width} ${canvas.height} ${a} ${b}`
    } catch {
      // A tainted canvas taints the copy for good.
      this.#small = null
      return null
    }
  }
}

export function inSight(element: Element): boolean {
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect()
  const view = element.ownerDocument.defaultView
  return (
    !!view && width > 0 && height > 0 && bottom > 0 && right > 0 && top < view.innerHeight && left < view.innerWidth
  )
}
