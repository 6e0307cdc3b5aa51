/** Documents of frames. Browsers throw them away when a frame is moved: they are put back. */
export class Frames {
  readonly #documents = new Map<HTMLIFrameElement, Document>()
  readonly #replaced: (from: Document, to: Document) => void

  /** `replaced`: what was in the one is in the other. */
  constructor(replaced: (from: Document, to: Document) => void) {
    this.#replaced = replaced
  }

  get all(): Iterable<HTMLIFrameElement> {
    return this.#documents.keys()
  }

  clear(): void {
    this.#documents.clear()
  }

  /** An empty document, standards or quirks. */
  open(document: Document, standards: boolean): void {
    document.open()
    document.write(standards ? "<!doctype html><html></html>" : "<html></html>")
    document.close()
    document.documentElement?.remove()
  }

  /** An empty document in the frame; null while it is in none itself. */
  begin(frame: HTMLIFrameElement, standards: boolean): Document | null {
    const { contentDocument } = frame
    if (!contentDocument) return null
    this.open(contentDocument, standards)
    this.#documents.set(frame, contentDocument)
    // Firefox loads the empty page some time after the frame has come.
    frame.addEventListener("load", this)
    return contentDocument
  }

  /** What it held. */
  forget(frame: HTMLIFrameElement): Document | null {
    const document = this.#documents.get(frame) ?? null
    this.#documents.delete(frame)
    frame.removeEventListener("load", this)
    return document
  }

  handleEvent(event: globalThis.Event): void {
    this.rescue(event.currentTarget as HTMLIFrameElement)
  }

  rescue(frame: HTMLIFrameElement): void {
    const old = this.#documents.get(frame)
    const now = frame.contentDocument
    if (!old || !now || old === now) return
    this.open(now, old.compatMode !== "BackCompat")
    this.#documents.set(frame, now)
    const root = old.documentElement
    if (root) now.appendChild(now.adoptNode(root))
    this.#replaced(old, now)
    for (const inner of this.#documents.keys()) if (inner.ownerDocument === now) this.rescue(inner)
  }
}
