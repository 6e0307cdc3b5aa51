interface Boot {
  company: string
  /** Origin of the view of customers' pages; null where there is none. */
  view: string | null
}

/** What the server wrote into the page of staff. */
export function boot(): Boot {
  const text = globalThis.document?.getElementById("boot")?.textContent
  return { company: "", view: null, ...(text ? (JSON.parse(text) as Partial<Boot>) : {}) }
}
