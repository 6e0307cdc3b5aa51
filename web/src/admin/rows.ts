import { type RefObject, useEffect, useState } from "react"

/** Rows of one height that are in view, with some beyond, so that lists of thousands stay light. */
export function useRows(box: RefObject<HTMLElement | null>, count: number, height: number): [number, number] {
  const [seen, setSeen] = useState<[number, number]>([0, Math.min(count, 40)])
  useEffect(() => {
    const element = box.current
    if (!element) return
    const look = () => setSeen((old) => keep(old, inView(element.scrollTop, element.clientHeight, count, height)))
    look()
    element.addEventListener("scroll", look, { passive: true })
    const watch = new ResizeObserver(look)
    watch.observe(element)
    return () => {
      element.removeEventListener("scroll", look)
      watch.disconnect()
    }
  }, [box, count, height])
  return seen
}

const BEYOND = 10

/** First row and the one after the last. */
export function inView(top: number, room: number, count: number, height: number): [number, number] {
  const first = Math.max(0, Math.floor(top / height) - BEYOND)
  return [Math.min(first, count), Math.min(count, Math.ceil((top + room) / height) + BEYOND)]
}

function keep(old: [number, number], next: [number, number]): [number, number] {
  return old[0] === next[0] && old[1] === next[1] ? old : next
}
