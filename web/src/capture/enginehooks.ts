/** What pages do without a trace in the tree. Told while captured; the page's own functions do all the work. */
export interface Heard {
  /** An open shadow root was attached. */
  attached(host: Element): void
  /** Rules of a sheet were changed. */
  restyled(sheet: CSSStyleSheet): void
}

type Method = (this: unknown, ...args: unknown[]) => unknown

/** Puts our listeners before methods of a window; answers what takes them away again. */
export function listenTo(view: Window, heard: Heard): () => void {
  const own = view as unknown as Record<string, { prototype: Record<string, unknown> } | undefined>
  const undo: (() => void)[] = []
  const wrap = (type: string, name: string, after: (self: unknown, result: unknown) => void) => {
    const prototype = own[type]?.prototype
    const original = prototype && (Object.getOwnPropertyDescriptor(prototype, name)?.value as Method | undefined)
    if (!prototype || !original) return
    let active = true
    const wrapped = {
      [name](this: unknown, ...args: unknown[]) {
        const result = original.apply(this, args)
        try {
          if (active) after(this, result)
        } catch {
          // The page must not notice.
        }
        return result
      },
    }[name] as Method
    prototype[name] = wrapped
    undo.push(() => {
      active = false
      // Somebody else may have put theirs before ours.
      if (prototype[name] === wrapped) prototype[name] = original
    })
  }
  wrap("Element", "attachShadow", (self) => {
    if ((self as Element).shadowRoot) heard.attached(self as Element)
  })
  for (const name of ["insertRule", "deleteRule", "replaceSync", "addRule", "removeRule"]) {
    wrap("CSSStyleSheet", name, (self) => heard.restyled(self as CSSStyleSheet))
  }
  wrap("CSSStyleSheet", "replace", (self, result) => {
    const restyled = () => heard.restyled(self as CSSStyleSheet)
    ;(result as Promise<CSSStyleSheet>).then(restyled, () => {})
  })
  for (const name of ["insertRule", "deleteRule"]) {
    wrap("CSSGroupingRule", name, (self) => {
      const sheet = (self as CSSRule).parentStyleSheet
      if (sheet) heard.restyled(sheet)
    })
  }
  return () => {
    for (const one of undo) one()
  }
}
