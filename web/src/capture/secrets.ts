import { SECRET_NAME, SECRET_TOKEN } from "./masklists"

const FIELDS = new Set(["input", "textarea", "select"])

/** Fields of passwords, cards and codes. A field that once was one of a password stays one, whatever is done to it. */
export class Secrets {
  #known = new WeakSet<Element>()
  /** Names of password fields: pages put another field in their place to show what is typed. */
  #names = new Set<string>()
  #roots = new WeakSet<Node>()
  #observer = new MutationObserver((records) => this.#note(records))

  constructor(document: Document) {
    this.#look(document)
  }

  /** Of a select, its options are secret with it; of what is edited in place, all that is in it. */
  has(element: Element): boolean {
    if (!FIELDS.has(element.localName) && !element.hasAttribute("contenteditable")) return false
    this.#look(element.getRootNode())
    this.#note(this.#observer.takeRecords())
    if (this.#known.has(element)) return true
    if ((element as HTMLInputElement).type === "password") {
      this.#keep(element)
      return true
    }
    const tokens = (element.getAttribute("autocomplete") ?? "").toLowerCase().split(/\s+/)
    if (tokens.some((token) => SECRET_TOKEN.test(token))) return true
    return namesOf(element).some((name) => SECRET_NAME.test(name) || this.#names.has(name))
  }

  close(): void {
    this.#observer.disconnect()
  }

  #look(root: Node): void {
    if (this.#roots.has(root)) return
    this.#roots.add(root)
    this.#observer.observe(root, {
      subtree: true,
      attributes: true,
      attributeFilter: ["type"],
      attributeOldValue: true,
    })
    const fields = (root as ParentNode).querySelectorAll?.("input[type=password]") ?? []
    for (const field of fields) this.#keep(field)
  }

  #note(records: readonly MutationRecord[]): void {
    for (const { oldValue, target } of records) {
      if (oldValue?.toLowerCase() === "password") this.#keep(target as Element)
    }
  }

  #keep(element: Element): void {
    this.#known.add(element)
    for (const name of namesOf(element)) this.#names.add(name)
  }
}

function namesOf(element: Element): string[] {
  return ["name", "id"].map((key) => element.getAttribute(key) ?? "").filter((name) => name !== "")
}
