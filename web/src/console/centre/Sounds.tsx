import { useEffect, useRef } from "react"
import { heard } from "../../data/focus"
import { useConsole, useDesk, useMedia } from "../context"

/** The voices of all sessions; only those of the session that has my ear are let out. */
export function Sounds() {
  const front = useDesk((state) => state.front)
  const ear = useMedia((media) => heard(media.focus, front))
  const voices = useMedia((media) =>
    Object.entries(media.received).flatMap(([session, received]) =>
      received.filter((one) => one.label === "mic").map((one) => `${session} ${one.mid} ${one.track.id}`),
    ),
  )
  return voices.map((voice) => {
    const [session = "", mid = ""] = voice.split(" ")
    return <Voice key={voice} session={session} mid={mid} muted={session !== ear} />
  })
}

function Voice({ session, mid, muted }: { session: string; mid: string; muted: boolean }) {
  const { media } = useConsole()
  const track = useMedia((state) => state.received[session]?.find((one) => one.mid === mid)?.track ?? null)
  const element = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    const audio = element.current
    if (!audio || !track) return
    audio.srcObject = new MediaStream([track])
    return media.adopt(audio)
  }, [media, track])
  return (
    <audio ref={element} muted={muted} autoPlay>
      <track kind="captions" />
    </audio>
  )
}
