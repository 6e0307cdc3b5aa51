import type { Host } from "./parts"

/**
 * What we draw over the company's page: marks of staff, and questions before risky acts. A closed shadow root, so that
 * neither the page nor an act of staff gets hold of a button in it.
 */
export class Layer {
  readonly element: HTMLElement
  readonly root: ShadowRoot

  constructor(host: Host) {
    this.element = document.createElement("deskside-layer")
    this.element.setAttribute("lang", host.language)
    this.root = this.element.attachShadow({ mode: "closed" })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    this.root.adoptedStyleSheets = [sheet]
  }

  /** In the page, and before everything that was opened meanwhile. */
  show(): void {
    if (!this.element.isConnected) document.documentElement.append(this.element)
  }

  hide(): void {
    this.element.remove()
  }
}

const STYLE = `
:host { all: initial; position: fixed; inset: 0; z-index: 2147483646; pointer-events: none; color-scheme: light dark;
  font: 400 15px/1.45 Inter, system-ui, -apple-system, "Segoe UI", sans-serif; color: light-dark(#171b21, #e8ebf0); }
svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
svg text { font-size: 12px; font-weight: 600; paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; }
.fade { opacity: 0; transition: opacity .8s; }
dialog { pointer-events: auto; box-sizing: border-box; max-width: min(420px, calc(100vw - 32px)); padding: 20px; border-radius: 12px;
  border: 1px solid light-dark(#e2e5ea, #2a3038); background: light-dark(#fff, #181c22); color: inherit;
  box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .24); }
dialog[data-part] { inset: auto; left: calc(var(--sight-x) + var(--sight-w) * var(--sight-s) / 2); top: calc(var(--sight-y) + var(--sight-h) * var(--sight-s) / 2);
  width: min(420px, calc(var(--sight-w) - 32px)); max-width: none; max-height: calc(var(--sight-h) - 32px); margin: 0; transform: translate(-50%, -50%) scale(var(--sight-s)); }
dialog::backdrop { background: rgb(0 0 0 / .35); }
h2 { margin: 0 0 8px; font-size: 17px; font-weight: 600; }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
div { display: flex; flex-wrap: wrap; gap: 8px; justify-content: end; }
button { font: inherit; font-weight: 550; min-height: 40px; padding: 6px 16px; border-radius: 8px; cursor: pointer;
  border: 1px solid light-dark(#868e9c, #6c7686); background: transparent; color: inherit; }
button.primary { background: light-dark(#3155d6, #8ba5ff); border-color: transparent; color: light-dark(#fff, #0b1020); }
button:focus-visible { outline: 3px solid light-dark(#3155d6, #8ba5ff); outline-offset: 2px; }
@media (prefers-reduced-motion: reduce) { .fade { transition: none; } }
`
