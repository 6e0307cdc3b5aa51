import { useEffect, useRef } from "react"

/** One track, playing; the element stays the same when it moves on the stage, so that the picture never stops. */
export function Video({ track, mirrored, label }: { track: MediaStreamTrack; mirrored?: boolean; label?: string }) {
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const video = element.current
    if (!video) return
    video.srcObject = new MediaStream([track])
    void video.play().catch(() => {})
    return () => {
      video.srcObject = null
    }
  }, [track])
  return (
    <video ref={element} muted autoPlay playsInline aria-label={label} data-mirrored={mirrored || undefined}>
      <track kind="captions" />
    </video>
  )
}
