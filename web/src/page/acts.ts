import type { PageAct, PageActResult, PagePoint } from "../contract/messages"

/** What an agent does on the page; see `rs_server/protocol/cobrowse.py`. */
export type Op = PageAct["op"]
/** What somebody of staff shows there without doing anything. */
export type Shown = PagePoint["shown"]
export type PageOutcome = PageActResult["outcome"]
export type PageReason = Exclude<NonNullable<PageActResult["reason"]>, never>
/** A place on a node: its number, and fractions of its box. */
export type Point = [node: number, x: number, y: number]
