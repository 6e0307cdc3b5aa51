import { Video } from "../centre/Video"
import { useMedia } from "../context"

/** The customer's screen or camera, small; their initials while there is neither. */
export function SmallPicture({ session, fallback }: { session: string; fallback: string }) {
  const track = useMedia((media) => {
    const received = media.received[session] ?? []
    return (
      (received.find((one) => one.label === "screen") ?? received.find((one) => one.label === "camera"))?.track ?? null
    )
  })
  if (!track) {
    return (
      <span className="avatar" aria-hidden>
        {fallback}
      </span>
    )
  }
  return (
    <span className="avatar picture" aria-hidden>
      <Video track={track} />
    </span>
  )
}
