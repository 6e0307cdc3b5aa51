import { customerIn } from "../../data/session"
import { isShare } from "../../rtc/peer"
import type { SessionView } from "../../wire/view"
import { flowing } from "../centre/scene"
import { Video } from "../centre/Video"
import { useMedia } from "../context"

/** The customer's screen or camera, small; their initials while there is neither. */
export function SmallPicture({ view, fallback }: { view: SessionView; fallback: string }) {
  const track = useMedia((media) => {
    const customer = customerIn(view)?.id
    const received = flowing(media.received[view.session.id] ?? [], view.presence).filter(
      (one) => one.participant === customer,
    )
    return (received.find(isShare) ?? received.find((one) => one.label === "camera"))?.track ?? null
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
