/** Why a device cannot be had, in words that have a remedy. */
export type DeviceProblem = "blocked" | "missing" | "busy" | "unsupported" | "failed"

export function problemOf(cause: unknown): DeviceProblem {
  switch ((cause as { name?: string } | null)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "blocked"
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
      return "failed"
  }
}

/** One track of the device chosen, or of the browser's own choice. */
export async function acquire(label: "mic" | "camera", device: string | null): Promise<MediaStreamTrack> {
  const chosen = device ? { deviceId: { exact: device } } : {}
  const stream = await navigator.mediaDevices.getUserMedia(
    label === "mic"
      ? { audio: { ...chosen, echoCancellation: true, noiseSuppression: true, autoGainControl: true } }
      : { video: { ...chosen, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } },
  )
  const track = stream.getTracks()[0]
  if (!track) throw new DOMException("no track", "NotFoundError")
  return track
}

/** What can be chosen from. Names are empty until one of the kind was allowed once. */
export async function listDevices(): Promise<readonly MediaDeviceInfo[]> {
  return (await navigator.mediaDevices?.enumerateDevices?.()) ?? []
}
