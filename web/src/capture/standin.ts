import type { Event } from "../page/format"
import type { Assets, Emit, Masker, Nodes } from "./parts"

/** What the engine is given. */
export interface EngineOptions {
  document: Document
  masker: Masker
  assets: Assets
  emit: Emit
  /** What is ours on the page. */
  exclude: readonly Element[]
}

/** The thinnest engine: a page without content. */
export class Engine {
  readonly nodes: Nodes & { epoch: number } = { epoch: 0, idOf: () => 0, nodeOf: () => null }
  #options: EngineOptions

  constructor(options: EngineOptions) {
    this.#options = options
  }

  start(epoch: number): void {
    this.nodes.epoch = epoch
    const { document, masker, emit } = this.#options
    const init: Event = [
      "init",
      {
        root: { id: 1, children: [] },
        width: innerWidth,
        height: innerHeight,
        scroll: [scrollX, scrollY],
        address: masker.address(location.href),
        title: masker.title(document.title),
        focus: 0,
        dark: false,
      },
    ]
    emit(init)
    emit(["whole"])
  }

  stop(): void {}
}
