/**
 * A small way to say what should be on the page: views return descriptions, `render` changes the page to match.
 * Text is always set as text, so nothing that a person typed can become markup.
 */

export interface Props {
  /** Keeps an element through reordering. */
  key?: string
  /** Called once, when the element is in the page. */
  created?: (element: HTMLElement) => void
  /** Called when the element has been taken out. */
  removed?: (element: HTMLElement) => void
  /** Custom properties of CSS; set through the object model, which a strict policy allows. */
  vars?: Record<string, string>
  [name: string]: unknown
}

export interface View {
  tag: string
  props: Props
  children: View[]
  text?: string
}

export type Child = View | string | number | null | undefined | false | readonly Child[]

const SVG = "http://www.w3.org/2000/svg"
/** Set as properties; everything else is an attribute. */
const PROPERTIES = new Set(["value", "checked", "disabled", "muted", "srcObject", "autoplay", "playsInline", "volume"])
const drawn = new WeakMap<Node, View[]>()
const propsOf = new WeakMap<Node, Props>()

export function h(tag: string, props?: Props | null, ...children: Child[]): View {
  return { tag, props: props ?? {}, children: flatten(children) }
}

/** Make the children of `root` be `view`. Elements that fit are kept, with their focus and what is typed in them. */
export function render(root: ParentNode & Node, view: Child): void {
  const created: [HTMLElement, Props][] = []
  patchChildren(root, flatten([view]), created)
  for (const [element, props] of created) props.created?.(element)
}

function flatten(children: readonly Child[]): View[] {
  const out: View[] = []
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue
    if (Array.isArray(child)) out.push(...flatten(child))
    else if (typeof child === "object") out.push(child as View)
    else out.push({ tag: "", props: {}, children: [], text: String(child) })
  }
  return out
}

type Created = [HTMLElement, Props][]

function patchChildren(parent: Node, next: View[], created: Created): void {
  const before = drawn.get(parent) ?? []
  const nodes = [...parent.childNodes].slice(0, before.length)
  const old = before.map((view, index) => ({ view, node: nodes[index] as Node, used: false }))
  let from = 0
  const placed = next.map((view) => {
    const match = view.props.key
      ? old.find((o) => !o.used && o.view.tag === view.tag && o.view.props.key === view.props.key)
      : old.slice(from).find((o) => !o.used && !o.view.props.key && isAlike(o.view, view))
    if (!match) return make(view, parent, created)
    match.used = true
    if (!view.props.key) from = old.indexOf(match)
    update(match.node, match.view, view, created)
    return match.node
  })
  for (const { node, used } of old) if (!used) remove(node)
  placed.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null)
  })
  drawn.set(parent, next)
}

/** One may become the other: what is done once for an element is not left out, nor done to another. */
function isAlike(before: View, after: View): boolean {
  const [a, b] = [before.props, after.props]
  return before.tag === after.tag && !a.created === !b.created && !a.removed === !b.removed
}

function make(view: View, parent: Node, created: Created): Node {
  if (view.tag === "") return document.createTextNode(view.text ?? "")
  const inSvg = view.tag === "svg" || (parent as Element).namespaceURI === SVG
  const element = inSvg ? document.createElementNS(SVG, view.tag) : document.createElement(view.tag)
  patchChildren(element, view.children, created)
  setProps(element as HTMLElement, {}, view.props)
  if (view.props.created) created.push([element as HTMLElement, view.props])
  return element
}

function update(node: Node, before: View, view: View, created: Created): void {
  if (view.tag === "") {
    if (before.text !== view.text) node.nodeValue = view.text ?? ""
    return
  }
  patchChildren(node, view.children, created)
  setProps(node as HTMLElement, before.props, view.props)
}

function remove(node: Node): void {
  node.parentNode?.removeChild(node)
  told(node)
}

function told(node: Node): void {
  for (const child of node.childNodes) told(child)
  propsOf.get(node)?.removed?.(node as HTMLElement)
}

function setProps(element: HTMLElement, before: Props, props: Props): void {
  propsOf.set(element, props)
  const target = element as unknown as Record<string, unknown>
  for (const name of new Set([...Object.keys(before), ...Object.keys(props)])) {
    if (name === "key" || name === "created" || name === "removed") continue
    const value = props[name]
    if (name === "vars") {
      for (const [property, text] of Object.entries(props.vars ?? {})) element.style.setProperty(property, text)
    } else if (name.startsWith("on") || PROPERTIES.has(name)) {
      const wanted = value ?? (name.startsWith("on") ? null : name === "value" ? "" : false)
      if (target[name] !== wanted) target[name] = wanted
    } else if (value === null || value === undefined || value === false) {
      if (before[name] !== value) element.removeAttribute(name)
    } else if (before[name] !== value) {
      element.setAttribute(name, value === true ? "" : String(value))
    }
  }
}

/** A stylesheet that several shadow roots may share; works under a policy without `unsafe-inline`. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet()
  made.replaceSync(css)
  return made
}
