import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react"

/** Rows above and below what is seen. */
const SPARE = 8

/** Of a long list of rows that are equally high: which are drawn. `keys` tells rows apart when more arrive among them. */
export function useRows(keys: readonly string[], height: number) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, room: 0 })
  /** The row at the upper edge, and how much of it is above. */
  const edge = useRef({ key: "", rest: 0 })
  const count = keys.length

  const look = () => {
    const { scrollTop: top = 0, clientHeight: room = 0 } = box.current ?? {}
    edge.current = { key: keys[Math.floor(top / height)] ?? "", rest: top % height }
    setSeen((old) => (old.top === top && old.room === room ? old : { top, room }))
  }
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    if (!box.current) return
    const watch = new ResizeObserver(() => latest.current())
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [])
  // What is being read stays where it is when something comes in above it.
  useLayoutEffect(() => {
    const { key, rest } = edge.current
    const at = key ? keys.indexOf(key) : -1
    if (at >= 0 && box.current && box.current.scrollTop > 0) box.current.scrollTop = at * height + rest
    latest.current()
  }, [keys, height])

  const show = (at: number) => {
    const element = box.current
    if (!element || at < 0) return
    const [top, room] = [element.scrollTop, element.clientHeight]
    if (at * height < top) element.scrollTop = at * height
    else if ((at + 1) * height > top + room) element.scrollTop = (at + 1) * height - room
    look()
  }
  const first = Math.max(0, Math.floor(seen.top / height) - SPARE)
  const last = Math.min(count, Math.ceil((seen.top + seen.room) / height) + SPARE)
  /** Rows that fit, for a page up or down. */
  const page = Math.max(1, Math.floor(seen.room / height) - 1)
  return { box, look, show, first, last, page, total: count * height }
}

/** Width of an element, in pixels. */
export function useWidthOf(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(Number.POSITIVE_INFINITY)
  useLayoutEffect(() => {
    if (!element.current) return
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width))
    watch.observe(element.current)
    return () => watch.disconnect()
  }, [element])
  return width
}
