import type { AnchorHTMLAttributes, MouseEvent } from "react"
import { go } from "../route"

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string
}

/** A link inside the administration: opens without loading anew; with a modifier the browser does as always. */
export function Link({ href, onClick, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(href)
  }
  return <a {...rest} href={href} onClick={follow} />
}
