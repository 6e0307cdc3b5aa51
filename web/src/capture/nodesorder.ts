import type { Event } from "../page/format"

/**
 * Which of these keep their place: a longest increasing run of the numbers. Those below 0 never do. Answers a flag for
 * each.
 */
export function staying(places: readonly number[]): Uint8Array {
  const stays = new Uint8Array(places.length)
  const before = new Int32Array(places.length)
  /** Index of the smallest end of a run of each length. */
  const ends: number[] = []
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    if (place < 0) continue
    let low = 0
    let high = ends.length
    if (high > 0 && (places[ends[high - 1] as number] as number) < place) low = high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((places[ends[middle] as number] as number) < place) low = middle + 1
      else high = middle
    }
    before[i] = low > 0 ? (ends[low - 1] as number) : -1
    ends[low] = i
  }
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] as number) stays[i] = 1
  return stays
}

/** Bytes that a splice has beyond what it puts in. */
const SPLICE = 16
/** Said again on both sides: the server looks for words of at most so many signs that must not pass. */
const AROUND = 64

/** The shortest event that makes the one text the other, and has every word that comes about by it as a whole. */
export function textChange(id: number, from: string, to: string): Event {
  const most = Math.min(from.length, to.length)
  let start = 0
  while (start < most && from.charCodeAt(start) === to.charCodeAt(start)) start++
  let end = 0
  while (end < most - start && from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end)) end++
  start = Math.max(0, start - AROUND)
  end = Math.max(0, end - AROUND)
  if (to.length - start - end + SPLICE >= to.length) return ["text", id, to]
  return ["splice", id, start, from.length - start - end, to.slice(start, to.length - end)]
}
