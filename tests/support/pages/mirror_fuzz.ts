// Random changes of a document, the same for the same seed.

const TAGS = ["div", "p", "span", "ul", "li", "section", "b", "a", "table", "svg", "custom-thing", "label"]
const MOST = 400

export class Fuzz {
  #seed: number
  done = 0
  readonly counts: Record<string, number> = {}

  constructor(seed: number) {
    this.#seed = seed >>> 0
  }

  /** 0 up to, not including, `most`. */
  #number(most: number): number {
    this.#seed = (Math.imul(this.#seed ^ (this.#seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    const mixed = Math.imul(this.#seed ^ (this.#seed >>> 12), 0x297a2d39) >>> 0
    return ((mixed ^ (mixed >>> 15)) >>> 0) % most
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#number(of.length)] as T
  }

  /** All elements, through open shadow roots and frames. */
  #all(): Element[] {
    const found: Element[] = []
    const open = (root: ParentNode): void => {
      for (const element of root.querySelectorAll("*")) {
        if (element.closest("head")) continue
        found.push(element)
        if (element.shadowRoot) open(element.shadowRoot)
        const inner = element.localName === "iframe" && (element as HTMLIFrameElement).contentDocument
        if (inner && inner.body) {
          found.push(inner.body)
          open(inner.body)
        }
      }
    }
    open(document.body)
    return found
  }

  #parent(): Element | ShadowRoot {
    const holds = this.#all().filter((one) => !/^(?:iframe|input|textarea|select|option|style|img)$/.test(one.localName))
    const one = this.#one([document.body, ...holds])
    return one.shadowRoot && this.#number(2) ? one.shadowRoot : one
  }

  #movable(): Element | null {
    const all = this.#all().filter((one) => !/^(?:body|option)$/.test(one.localName))
    return all.length ? this.#one(all) : null
  }

  #fresh(depth = 0): Node {
    const kind = this.#number(14)
    if (kind < 3) return document.createTextNode(` text ${this.#number(1000)} `)
    if (kind === 3) return document.createComment("comment")
    if (kind === 4) {
      const input = document.createElement("input")
      input.type = this.#one(["text", "checkbox", "radio", "password"])
      input.value = `value ${this.#number(100)}`
      return input
    }
    if (kind === 5) {
      const select = document.createElement("select")
      for (let i = 0; i < 4; i++) select.append(new Option(`option ${i}`, String(i), false, i === 2))
      return select
    }
    const tag = this.#one(TAGS)
    const svg = tag === "svg"
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag)
    if (svg) return element
    element.setAttribute("class", `k${this.#number(20)}`)
    if (depth < 3) for (let i = this.#number(4); i > 0; i--) element.append(this.#fresh(depth + 1))
    return element
  }

  #put(node: Node, into: Element | ShadowRoot): void {
    if (node.contains(into) || ("host" in into && holdsHost(node, into))) return
    const { childNodes } = into
    const next = childNodes[this.#number(childNodes.length + 1)] ?? null
    if (next === node || holdsHost(node, into)) return
    into.insertBefore(node, next)
  }

  step(): void {
    const all = this.#all()
    const names = Object.keys(OPS) as (keyof typeof OPS)[]
    let name = this.#one(names)
    if (all.length > MOST && name !== "remove") name = this.#one(["empty", "remove", "move"] as const)
    this.counts[name] = (this.counts[name] ?? 0) + 1
    this.done++
    OPS[name]({
      number: (most) => this.#number(most),
      fresh: () => this.#fresh(),
      parent: () => this.#parent(),
      movable: () => this.#movable(),
      put: (node, into) => this.#put(node, into),
      all,
      pick: (of) => this.#one(of),
    })
  }

  /** So many operations, some of them in one task, some in tasks of their own. */
  async run(operations: number): Promise<void> {
    for (let i = 0; i < operations; i++) {
      this.step()
      const turn = this.#number(24)
      if (turn === 0) await new Promise((done) => setTimeout(done))
      else if (turn === 1) await new Promise((done) => setTimeout(done, this.#number(20)))
      else if (turn === 2) await Promise.resolve()
    }
  }
}

function holdsHost(node: Node, into: Node): boolean {
  for (let at: Node | null = into; at; ) {
    if (at === node) return true
    const frame: Element | null | undefined = at.nodeType === 9 ? (at as Document).defaultView?.frameElement : null
    at = at.parentNode ?? (at as ShadowRoot).host ?? frame ?? null
  }
  return false
}

interface Hand {
  number(most: number): number
  fresh(): Node
  parent(): Element | ShadowRoot
  movable(): Element | null
  put(node: Node, into: Element | ShadowRoot): void
  all: readonly Element[]
  pick<T>(of: readonly T[]): T
}

const OPS = {
  add: (hand: Hand) => hand.put(hand.fresh(), hand.parent()),
  more: (hand: Hand) => {
    for (let i = 0; i < 3; i++) hand.put(hand.fresh(), hand.parent())
  },
  remove: (hand: Hand) => hand.movable()?.remove(),
  move: (hand: Hand) => {
    const node = hand.movable()
    if (node) hand.put(node, hand.parent())
  },
  /** Away, and back in the same turn. */
  blink: (hand: Hand) => {
    const node = hand.movable()
    const parent = node?.parentNode
    if (!node || !parent) return
    const next = node.nextSibling
    node.remove()
    parent.insertBefore(node, next)
  },
  swap: (hand: Hand) => {
    const [a, b] = [hand.movable(), hand.movable()]
    if (!a || !b || holdsHost(a, b) || holdsHost(b, a)) return
    const mark = document.createComment("")
    a.replaceWith(mark)
    b.replaceWith(a)
    mark.replaceWith(b)
  },
  wrap: (hand: Hand) => {
    const node = hand.movable()
    if (!node || node.parentNode === null) return
    const wrapper = (node.ownerDocument as Document).createElement("div")
    node.replaceWith(wrapper)
    wrapper.append("in ", node)
  },
  unwrap: (hand: Hand) => {
    const node = hand.movable()
    if (node && !node.shadowRoot && node.children.length > 0) node.replaceWith(...node.childNodes)
  },
  /** What was above is below. */
  invert: (hand: Hand) => {
    const inner = hand.movable()
    const outer = inner?.parentElement
    if (!inner || !outer || outer.localName === "body" || /^(?:input|select|option|svg|iframe)$/.test(inner.localName)) return
    outer.before(inner)
    inner.append(outer)
  },
  shuffle: (hand: Hand) => {
    const parent = hand.parent()
    const nodes = [...parent.childNodes].map((node) => [hand.number(1000), node] as const)
    nodes.sort(([a], [b]) => a - b)
    for (const [, node] of nodes) parent.append(node)
  },
  empty: (hand: Hand) => {
    const parent = hand.parent()
    if (parent !== document.body || hand.number(4) === 0) parent.replaceChildren(hand.fresh(), "afresh")
  },
  text: (hand: Hand) => {
    const walker = document.createTreeWalker(hand.parent(), NodeFilter.SHOW_TEXT)
    const text = walker.nextNode() as Text | null
    if (!text || text.parentElement?.closest("style, option")) return
    const way = hand.number(4)
    if (way === 0) text.data = `${text.data} and a somewhat longer text at its end ${hand.number(100)}`.slice(-200)
    else if (way === 1) text.data = `new ${hand.number(100)}`
    else if (way === 2 && text.length > 2) text.splitText(1)
    else text.parentElement?.normalize()
  },
  attribute: (hand: Hand) => {
    const node = hand.movable()
    const name = hand.pick(["class", "title", "data-x", "style", "id", "hidden", "onclick", "lang"])
    if (!node) return
    if (hand.number(3) === 0) node.removeAttribute(name)
    else node.setAttribute(name, name === "style" ? `color: rgb(${hand.number(255)}, 0, 0)` : `v${hand.number(50)}`)
  },
  shadow: (hand: Hand) => {
    const host = hand.pick([...hand.all.filter((one) => /^(?:div|section|custom-thing)$/.test(one.localName))])
    if (!host || host.shadowRoot) return
    const root = host.attachShadow({ mode: "open" })
    root.append("shadow ", hand.fresh(), document.createElement("slot"))
    const View = host.ownerDocument.defaultView as (Window & typeof globalThis) | null
    if (!View || hand.number(2)) return
    const sheet = new View.CSSStyleSheet()
    sheet.replaceSync(`b { color: rgb(${hand.number(255)}, 0, 0) }`)
    root.adoptedStyleSheets = [sheet]
  },
  frame: (hand: Hand) => {
    const frames = hand.all.filter((one) => one.localName === "iframe") as HTMLIFrameElement[]
    if (frames.length > 5) {
      const frame = hand.pick(frames)
      if (hand.number(2)) frame.remove()
      else frame.srcdoc = `<!doctype html><p>page ${hand.number(100)}</p>`
      return
    }
    const frame = document.createElement("iframe")
    if (hand.number(2)) frame.srcdoc = `<p>a frame ${hand.number(100)}</p><style>p { color: red }</style>`
    hand.put(frame, hand.parent())
    frame.contentDocument?.body?.append("in a frame ", hand.fresh())
  },
  field: (hand: Hand) => {
    const fields = hand.all.filter((one) => /^(?:input|select)$/.test(one.localName))
    if (fields.length === 0) return
    const field = hand.pick(fields) as HTMLInputElement
    if (field.localName === "select") (field as unknown as HTMLSelectElement).selectedIndex = hand.number(4)
    else if (field.type === "checkbox" || field.type === "radio") field.checked = !field.checked
    else field.value = `typed ${hand.number(1000)}`
  },
  style: (hand: Hand) => {
    const styles = hand.all.filter((one) => one.localName === "style") as HTMLStyleElement[]
    const rule = `.k${hand.number(20)} { margin: ${hand.number(9)}px }`
    if (styles.length > 4) {
      const style = hand.pick(styles)
      if (hand.number(2)) style.sheet?.insertRule(rule)
      else style.textContent = rule
      return
    }
    const style = document.createElement("style")
    style.textContent = rule
    hand.put(style, hand.parent())
  },
}
