import type { Label } from "./peer"

/** Why a device or a share could not be had, in words that a text can be found for. */
export type Trouble = "blocked" | "dismissed" | "missing" | "busy" | "unsupported" | "unknown"

export class DeviceTrouble extends Error {
  constructor(readonly why: Trouble) {
    super(why)
    this.name = "DeviceTrouble"
  }
}

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function"
}

const VOICE: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
const PICTURE: MediaTrackConstraints = {
  width: { ideal: 960 },
  height: { ideal: 540 },
  frameRate: { ideal: 15, max: 24 },
}

/**
 * Ask the browser for a track. A share must be asked for within a click. Rejects with `DeviceTrouble`.
 * A chosen device that is no longer there falls back to the browser's own choice.
 */
export async function capture(label: Label, device?: string | null): Promise<MediaStreamTrack> {
  const devices = navigator.mediaDevices
  if (!devices || (label === "screen" && !canShareScreen())) throw new DeviceTrouble("unsupported")
  try {
    const stream = await (label === "screen"
      ? devices.getDisplayMedia(SHARE)
      : devices.getUserMedia(wish(label, device)))
    const [track, ...others] = stream.getTracks()
    for (const other of others) other.stop()
    if (!track) throw new DeviceTrouble("missing")
    if (label !== "mic") track.contentHint = label === "screen" ? "detail" : "motion"
    return track
  } catch (error) {
    if (device && nameOf(error) === "OverconstrainedError") return capture(label)
    throw error instanceof DeviceTrouble ? error : new DeviceTrouble(await reason(label, error))
  }
}

const SHARE = {
  video: { frameRate: { ideal: 15, max: 30 } },
  audio: false,
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
} as DisplayMediaStreamOptions

function wish(label: Label, device?: string | null): MediaStreamConstraints {
  const chosen = device ? { deviceId: { exact: device } } : {}
  return label === "mic" ? { audio: { ...VOICE, ...chosen } } : { video: { ...PICTURE, ...chosen } }
}

async function reason(label: Label, error: unknown): Promise<Trouble> {
  switch (nameOf(error)) {
    case "NotAllowedError":
    case "SecurityError":
      if (label === "screen") return isOfSystem(error) ? "blocked" : "dismissed"
      return (await permission(label)) === "prompt" ? "dismissed" : "blocked"
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing"
    case "NotReadableError":
    case "AbortError":
      return "busy"
    case "TypeError":
    case "NotSupportedError":
      return "unsupported"
    default:
      return "unknown"
  }
}

/** Not every browser makes all of these an `Error`. */
function nameOf(error: unknown): string {
  const name = (error as { name?: unknown } | null)?.name
  return typeof name === "string" ? name : ""
}

/** Chromium tells only in its message whether the person or the system's privacy settings said no. */
function isOfSystem(error: unknown): boolean {
  return /by system/i.test(String((error as { message?: unknown }).message ?? ""))
}

/** What the browser would answer without asking; null where it does not tell. */
export async function permission(label: Label): Promise<PermissionState | null> {
  if (label === "screen") return null
  try {
    const name = (label === "mic" ? "microphone" : "camera") as PermissionName
    return (await navigator.permissions.query({ name })).state
  } catch {
    return null
  }
}

export interface Devices {
  mic: MediaDeviceInfo[]
  camera: MediaDeviceInfo[]
  speaker: MediaDeviceInfo[]
}

/** What there is to choose from. Names are empty until the browser has allowed one. */
export async function list(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? []
  const of = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId !== "")
  return { mic: of("audioinput"), camera: of("videoinput"), speaker: of("audiooutput") }
}
