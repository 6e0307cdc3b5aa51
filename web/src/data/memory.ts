/** Things remembered for this tab (they outlive a reload) or for this browser. Storage may be refused: then not. */
function box(lasting: boolean): Storage | null {
  try {
    return lasting ? globalThis.localStorage : globalThis.sessionStorage
  } catch {
    return null
  }
}

export function remember<T>(key: string, value: T, lasting = false): void {
  try {
    box(lasting)?.setItem(`deskside.${key}`, JSON.stringify(value))
  } catch {
    // Full or refused: the tab still works, only forgetful.
  }
}

export function remembered<T>(key: string, lasting = false): T | null {
  try {
    const text = box(lasting)?.getItem(`deskside.${key}`)
    return text ? (JSON.parse(text) as T) : null
  } catch {
    return null
  }
}

/** Everything of this tab: the next person at this desk has drafts of their own. */
export function forgetTab(): void {
  try {
    const kept = box(false)
    for (const key of Object.keys(kept ?? {})) if (key.startsWith("deskside.")) kept?.removeItem(key)
  } catch {
    // Refused: then nothing was kept either.
  }
}
