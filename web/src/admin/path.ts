/** Value at a path like `steps.0.after`. */
export function at(value: unknown, path: string): unknown {
  if (path === "") return value
  return path
    .split(".")
    .reduce<unknown>(
      (found, key) =>
        typeof found === "object" && found !== null ? (found as Record<string, unknown>)[key] : undefined,
      value,
    )
}

/** The value with another one at the path; everything beside the path stays the same object. */
export function withAt<T>(value: T, path: string, next: unknown): T {
  if (path === "") return next as T
  const [key = "", ...rest] = path.split(".")
  const inner = withAt((value as Record<string, unknown> | undefined)?.[key], rest.join("."), next)
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? inner : one)) as T
  return { ...value, [key]: inner }
}
