import type { More } from "../page/format"
import type { Entry, Registry } from "./nodes"
import type { Emit, Masker } from "./parts"

interface Known {
  raw: string
  sent: string
}

/** Fields looked at in one go when nothing says that one has changed. */
const AT_ONCE = 300
const KINDS = new Set(["input", "textarea", "select", "option"])

/** What stands in fields. Scripts change it without an event: all of them are looked at now and then. */
export class Fields {
  readonly #registry: Registry
  readonly #masker: Masker
  readonly #emit: Emit
  readonly #all = new Map<Entry, Known>()
  readonly #marked = new Set<Entry>()
  #rest: Iterator<Entry> | null = null

  constructor(registry: Registry, masker: Masker, emit: Emit) {
    this.#registry = registry
    this.#masker = masker
    this.#emit = emit
  }

  clear(): void {
    this.#all.clear()
    this.#marked.clear()
    this.#rest = null
  }

  enter(entry: Entry, kind: string, more: More): void {
    if (KINDS.has(kind)) this.#all.set(entry, { raw: rawOf(entry.node), sent: JSON.stringify(more) })
  }

  forget(entry: Entry): void {
    this.#all.delete(entry)
    this.#marked.delete(entry)
  }

  /** It has changed, or may have. Of a group of radio buttons and of a select with its options, all have. */
  mark(node: Node): void {
    const entry = this.#registry.get(node)
    if (entry && this.#all.has(entry)) this.#marked.add(entry)
    const field = node as HTMLInputElement | HTMLSelectElement
    if (field.localName === "select") {
      for (const option of (field as HTMLSelectElement).options) this.mark(option)
    } else if (field.type === "radio" && entry) {
      for (const other of this.#all.keys()) {
        const { type, name } = other.node as HTMLInputElement
        if (type === "radio" && name === field.name) this.#marked.add(other)
      }
    }
  }

  markAll(): void {
    for (const entry of this.#all.keys()) this.#marked.add(entry)
  }

  flush(): void {
    const groups = new Set<Node>()
    for (const entry of this.#marked) this.#look(entry, true, groups)
    this.#marked.clear()
    if (this.#all.size <= AT_ONCE / 4) for (const entry of this.#all.keys()) this.#look(entry, false, groups)
    this.#chosen(groups)
  }

  /** Some of them, others the next time. */
  check(): void {
    const groups = new Set<Node>()
    for (let count = 0; count < AT_ONCE; count++) {
      this.#rest ??= this.#all.keys()
      const { value, done } = this.#rest.next()
      if (done) {
        this.#rest = null
        break
      }
      this.#look(value, false, groups)
    }
    this.#chosen(groups)
  }

  /** `groups`: takes those in which one is chosen by itself when another is not. */
  #look(entry: Entry, marked: boolean, groups: Set<Node>): void {
    const known = this.#all.get(entry)
    if (!known) return
    const raw = rawOf(entry.node)
    if (raw === known.raw && !marked) return
    known.raw = raw
    const more = this.#masker.field(entry.element)
    const sent = JSON.stringify(more)
    if (sent === known.sent) return
    known.sent = sent
    const group = groupOf(entry.node)
    if (group) groups.add(group)
    if (!group || !(more.selected || more.checked)) this.#emit(["more", entry.id, more])
  }

  /** What is chosen comes last, whether it was known or not: the others' changes have changed it in the view. */
  #chosen(groups: ReadonlySet<Node>): void {
    for (const group of groups) {
      for (const node of membersOf(group)) {
        const entry = this.#registry.get(node)
        const known = entry && this.#all.get(entry)
        if (!known) continue
        const more = this.#masker.field(entry.element)
        if (!more.selected && !more.checked) continue
        known.raw = rawOf(node)
        known.sent = JSON.stringify(more)
        this.#emit(["more", entry.id, more])
      }
    }
  }
}

/** The select of an option, or the radio button itself. */
function groupOf(node: Node): Node | null {
  const { localName, type } = node as HTMLInputElement
  if (localName === "option") return (node as HTMLOptionElement).closest("select")
  return localName === "input" && type === "radio" ? node : null
}

function membersOf(group: Node): Iterable<Node> {
  const { localName, name, form } = group as HTMLInputElement
  if (localName === "select") return (group as HTMLSelectElement).selectedOptions
  const root = group.getRootNode() as Document | ShadowRoot
  const all = root.querySelectorAll<HTMLInputElement>("input[type=radio]:checked")
  return [...all].filter((one) => one.name === name && one.form === form)
}

function rawOf(node: Node): string {
  const field = node as HTMLInputElement
  switch (field.localName) {
    case "option":
      return (node as HTMLOptionElement).selected ? "1" : ""
    case "select":
      return ""
    case "textarea":
      return field.value
    default:
      return `${field.checked ? 1 : 0}${field.indeterminate ? 1 : 0}${field.type} ${field.value}`
  }
}
