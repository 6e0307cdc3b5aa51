import type { EmbedConfig } from "./config"

const LOAD_MS = 20_000
const AGAIN_MS = 5000

/** What the page's script registers itself under; it is loaded once, whoever wants it. */
export const CAPTURE = Symbol.for("deskside.capture")
export const PREVIEW = Symbol.for("deskside.preview")
export const CHILD = Symbol.for("deskside.child")

let policy: ReturnType<Policies["createPolicy"]> | undefined
const loading = new Map<string, Promise<void>>()

/**
 * What is registered under `name` by the script that shows this page, which is fetched when it is first wanted. The
 * element carries the nonce of our own tag, so that a strict policy lets it in. Rejects when it cannot be had; the next
 * call tries again.
 */
export async function captureScript<T>(
  config: Pick<EmbedConfig, "base" | "nonce" | "version">,
  name: symbol,
): Promise<T> {
  const address = `${config.base}/page.js?v=${config.version}`
  const known = () => (globalThis as Record<symbol, unknown>)[name] as T | undefined
  if (known() === undefined) {
    const begun = loading.get(address) ?? load(address, config.nonce)
    loading.set(address, begun)
    await begun.catch((error) => {
      setTimeout(() => loading.delete(address), AGAIN_MS)
      throw error
    })
  }
  const found = known()
  if (found === undefined) throw new Error("page.js registered nothing")
  return found
}

function load(address: string, nonce: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    // First: a policy that forbids it throws.
    script.src = trusted(address)
    const failed = () => {
      clearTimeout(timer)
      script.remove()
      reject(new Error(`${address} did not load`))
    }
    const timer = setTimeout(failed, LOAD_MS)
    script.async = true
    if (nonce) script.nonce = nonce
    script.onerror = failed
    script.onload = () => {
      clearTimeout(timer)
      script.remove()
      resolve()
    }
    document.head.append(script)
  })
}

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown }
}

/** Where the page's policy asks for Trusted Types, an address of a script needs one, made under a name of its own. */
function trusted(address: string): string {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes
  if (!policies) return address
  policy ??= policies.createPolicy("deskside", { createScriptURL: (url) => url })
  return policy.createScriptURL(address) as string
}
