import { useSyncExternalStore } from "react"

const readers = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(reader: () => void): () => void {
  readers.add(reader)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const one of [...readers]) one()
  }, 500)
  return () => {
    readers.delete(reader)
    if (readers.size) return
    clearInterval(timer)
    timer = undefined
  }
}

function read(): number {
  if (!timer) now = Date.now()
  return now
}

/** Milliseconds since the epoch, twice a second, all together; keep it in the smallest component that shows it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, read)
}
