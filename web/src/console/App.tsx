import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { Console } from "../data/console"
import { Attention } from "./attention"
import { ConsoleContext, useDesk } from "./context"
import { Desk } from "./Desk"
import { Gone } from "./Gone"
import { Skeleton } from "./Skeleton"

/** One console for each visit: it begins with the socket and ends with the page. */
export function ConsoleApp({ user }: { user: UserInfo }) {
  const [engine, setEngine] = useState<Console | null>(null)
  useEffect(() => {
    const fresh = new Console(user)
    fresh.start()
    setEngine(fresh)
    return () => fresh.stop()
  }, [user])
  if (!engine) return <Skeleton />
  return (
    <ConsoleContext value={engine}>
      <Inside engine={engine} />
    </ConsoleContext>
  )
}

function Inside({ engine }: { engine: Console }) {
  const { t } = useTranslation()
  const ready = useDesk((state) => state.desk !== null)
  const open = useDesk((state) => state.link.kind === "open")
  const configured = useDesk((state) => state.config !== null)
  const closed = useDesk((state) => (state.link.kind === "closed" ? state.link.error.code : null))
  useEffect(() => {
    if (open && !configured) void engine.loadConfig()
  }, [engine, open, configured])
  if (closed) return <Gone code={closed} />
  return (
    <>
      <Attention engine={engine} title={t("staff.title")} />
      {ready ? <Desk /> : <Skeleton />}
    </>
  )
}
