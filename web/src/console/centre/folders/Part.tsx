import type { ComponentProps } from "react"

type Role = "grid" | "rowgroup" | "row" | "columnheader" | "gridcell"

/** Part of a grid of which only some rows are drawn: a table's own elements cannot be placed like that. The grid has
 * the focus and the keys, and names the row that the keyboard is on. */
export function Part({ role, ...rest }: ComponentProps<"div"> & { role: Role }) {
  return <div role={role} {...rest} />
}
