/** Bytes, as many as the server takes. */
export const SIZES = { image: 5 << 20, font: 2 << 20, any: 5 << 20, style: 2 << 20 }

/** First bytes in hex, and what they are of. */
const SIGNS: [RegExp, string][] = [
  [/^89504e47/, "image/png"],
  [/^ffd8ff/, "image/jpeg"],
  [/^47494638/, "image/gif"],
  [/^52494646.{8}57454250/, "image/webp"],
  [/^.{8}6674797061766966/, "image/avif"],
  [/^.{8}6674797061766973/, "image/avif"],
  [/^00000100/, "image/x-icon"],
  [/^424d/, "image/bmp"],
  [/^774f4632/, "font/woff2"],
  [/^774f4646/, "font/woff"],
  [/^4f54544f/, "font/otf"],
  [/^(00010000|74727565)/, "font/ttf"],
  [/^74746366/, "font/collection"],
]

/** The content under the type that its bytes say. Rejects what is neither picture nor font, or too large. */
export async function kept(content: Blob, kind: "image" | "font" | "any"): Promise<Blob> {
  const head = hex(await content.slice(0, 16).arrayBuffer())
  const said = content.type.split(";")[0]?.trim().toLowerCase() ?? ""
  // A drawing has no sign of its own.
  const type = SIGNS.find(([sign]) => sign.test(head))?.[1] ?? (said === "image/svg+xml" ? said : null)
  if (type === null || (kind !== "any" && !type.startsWith(kind))) throw new TypeError("neither picture nor font")
  if (content.size > SIZES[type.startsWith("font") ? "font" : "image"]) throw new RangeError("too large")
  return new Blob([content], { type })
}

/** Content of a `data:` address, without asking the page's policy for it; null when it is damaged. */
export function decoded(url: string): Blob | null {
  const found = /^data:([^,]*),([\s\S]*)$/i.exec(url)
  if (!found) return null
  const [type = "", ...rest] = (found[1] as string).split(";")
  try {
    const text = decodeURIComponent(found[2] as string)
    const coded = rest.some((part) => part.trim().toLowerCase() === "base64")
    const bytes = coded ? Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)) : new TextEncoder().encode(text)
    return new Blob([bytes], { type })
  } catch {
    return null
  }
}

/** A picture in memory that the page's policy lets be shown but not read: drawn anew. */
export async function whole(url: string): Promise<Blob | null> {
  const picture = new Image()
  picture.src = url
  await picture.decode()
  const canvas = document.createElement("canvas")
  canvas.width = picture.naturalWidth
  canvas.height = picture.naturalHeight
  canvas.getContext("2d")?.drawImage(picture, 0, 0)
  return new Promise((resolve) => canvas.toBlob(resolve))
}

export function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
