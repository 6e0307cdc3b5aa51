import { useRef, useSyncExternalStore } from "react"

/** A value that many look at: read it, change it as a whole, be told. */
export class Store<T> {
  #value: T
  #readers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  get = (): T => this.#value

  set(value: T | ((old: T) => T)): void {
    const next = typeof value === "function" ? (value as (old: T) => T)(this.#value) : value
    if (Object.is(next, this.#value)) return
    this.#value = next
    for (const reader of [...this.#readers]) reader()
  }

  patch(part: Partial<T>): void {
    this.set((old) => ({ ...old, ...part }))
  }

  subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }
}

/** What `select` makes of the store; the component is drawn again only when that changes (compared one level deep). */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  const last = useRef<{ value: S } | null>(null)
  const read = () => {
    const next = select(store.get())
    if (last.current && same(last.current.value, next)) return last.current.value
    last.current = { value: next }
    return next
  }
  return useSyncExternalStore(store.subscribe, read)
}

export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  if (!plain(a) || !plain(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.is((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}

function plain(value: object): boolean {
  const kind = Object.getPrototypeOf(value)
  return kind === Object.prototype || kind === Array.prototype
}
