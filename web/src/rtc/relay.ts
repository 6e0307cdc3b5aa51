import type { IceServer } from "../contract/messages"

/** A relay that cannot be reached may say nothing at all. */
const PATIENCE_MS = 8000

/** Whether one of these relays gives this browser an address; nothing is sent through it. */
export async function reachesRelay(iceServers: IceServer[]): Promise<boolean> {
  let connection: RTCPeerConnection
  try {
    connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" })
  } catch {
    // Forbidden here, and so are calls.
    return false
  }
  let patience: ReturnType<typeof setTimeout> | undefined
  try {
    return await new Promise<boolean>((found) => {
      patience = setTimeout(() => found(false), PATIENCE_MS)
      connection.onicecandidate = ({ candidate }) => {
        // The last, null, and before it the end of a generation, which is empty, are no candidates.
        if (!candidate) found(false)
        else if (candidate.type === "relay") found(true)
      }
      connection.createDataChannel("")
      connection.setLocalDescription().catch(() => found(false))
    })
  } finally {
    clearTimeout(patience)
    connection.close()
  }
}
