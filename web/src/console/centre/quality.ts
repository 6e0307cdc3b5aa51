export type Level = "good" | "fair" | "poor"

/** How a call feels at this delay and loss: one word, the worse of the two. */
export function levelOf(roundTripMs: number | null, loss: number | null): Level | null {
  if (roundTripMs === null && loss === null) return null
  const delay = roundTripMs ?? 0
  const lost = loss ?? 0
  if (delay > 400 || lost > 0.05) return "poor"
  if (delay > 200 || lost > 0.02) return "fair"
  return "good"
}

/** Delay of the path in use, in milliseconds. */
export async function measure(connection: RTCPeerConnection): Promise<number | null> {
  let found: number | null = null
  for (const row of (await connection.getStats()).values()) {
    if (row.type === "candidate-pair" && row.nominated && typeof row.currentRoundTripTime === "number") {
      found = row.currentRoundTripTime * 1000
    }
  }
  return found
}
