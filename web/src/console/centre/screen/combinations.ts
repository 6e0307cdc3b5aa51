import type { NativeClient } from "../../../contract/messages"

type Platform = NativeClient["platform"]

export const FUNCTION_KEYS: readonly string[] = Array.from({ length: 12 }, (_, index) => `F${index + 1}`)

const ALL: readonly [name: string, keys: readonly string[], on: readonly Platform[]][] = [
  ["attention", ["Control", "Alt", "Delete"], ["linux"]],
  ["windows", ["Alt", "Tab"], ["linux", "windows"]],
  ["windows_mac", ["Meta", "Tab"], ["macos"]],
  ["close", ["Alt", "F4"], ["linux", "windows"]],
  ["close_mac", ["Meta", "w"], ["macos"]],
  ["super", ["Meta"], ["linux", "windows"]],
  ["print", ["PrintScreen"], ["linux", "windows"]],
  ["print_mac", ["Meta", "Shift", "3"], ["macos"]],
  ["menu", ["ContextMenu"], ["linux", "windows"]],
  ["escape", ["Escape"], ["linux", "windows", "macos"]],
]

/** What the platform knows: the name, as key of the texts, and its keys. */
export function combinations(platform: Platform): readonly [string, readonly string[]][] {
  return ALL.filter(([, , on]) => on.includes(platform)).map(([name, keys]) => [name, keys])
}

/** Windows takes Ctrl+Alt+Del from its own keyboard alone. */
export const keepsForItself = (platform: Platform): boolean => platform === "windows"
