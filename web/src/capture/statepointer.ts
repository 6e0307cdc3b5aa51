import type { Registry } from "./nodes"
import type { Emit } from "./parts"

/** Between two places of the cursor, ms. */
const PACE = 33

/** The customer's cursor, as a place on the element under it. */
export class Pointer {
  readonly #registry: Registry
  readonly #emit: Emit
  readonly #kick: () => void
  #at: { node: Node; x: number; y: number } | "left" | null = null
  #last = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(registry: Registry, emit: Emit, kick: () => void) {
    this.#registry = registry
    this.#emit = emit
    this.#kick = kick
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#at = null
  }

  moved(event: PointerEvent, node: Node): void {
    this.#at = { node, x: event.clientX, y: event.clientY }
    this.#soon()
  }

  left(): void {
    this.#at = "left"
    this.#soon()
  }

  flush(): void {
    if (this.#at === null || performance.now() - this.#last < PACE) return
    const at = this.#at
    this.#at = null
    this.#last = performance.now()
    if (at === "left") this.#emit(["cursor", null])
    else this.#place(at)
  }

  #place(at: { node: Node; x: number; y: number }): void {
    let node: Node | null = at.node
    while (node && !this.#registry.get(node)) node = node.parentNode ?? (node as ShadowRoot).host ?? null
    if (node?.nodeType !== 1) return
    const { left, top, width, height } = (node as Element).getBoundingClientRect()
    const part = (value: number, size: number) =>
      size > 0 ? Math.max(-100, Math.min(100, Math.round((value / size) * 1e4) / 1e4)) : 0
    this.#emit(["cursor", [this.#registry.idOf(node), part(at.x - left, width), part(at.y - top, height)]])
  }

  #soon(): void {
    if (this.#timer !== undefined) return
    const wait = this.#last + PACE - performance.now()
    if (wait <= 0) {
      this.#kick()
      return
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#kick()
    }, wait + 1)
  }
}
