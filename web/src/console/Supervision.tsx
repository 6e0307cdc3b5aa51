import { lazy, Suspense, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { Console } from "../data/console"
import { Attention } from "./attention"
import { ConsoleContext, useDesk } from "./context"
import { Gone } from "./Gone"
import { LinkBanner } from "./header/LinkBanner"
import { PageHeader } from "./header/PageHeader"
import { Skeleton } from "./Skeleton"
import "./layout.css"

/** Loaded only for those who open it. */
const SuperviseApp = lazy(() => import("../supervise/App"))

/** The supervisor's page, with a line of its own to the server. */
export function Supervision({ user }: { user: UserInfo }) {
  const [engine, setEngine] = useState<Console | null>(null)
  useEffect(() => {
    const fresh = new Console(user)
    fresh.start()
    void fresh.loadConfig()
    setEngine(fresh)
    return () => fresh.stop()
  }, [user])
  if (!engine) return <Skeleton />
  return (
    <ConsoleContext value={engine}>
      <Inside engine={engine} user={user} />
    </ConsoleContext>
  )
}

function Inside({ engine, user }: { engine: Console; user: UserInfo }) {
  const { t } = useTranslation()
  const closed = useDesk((state) => (state.link.kind === "closed" ? state.link.error.code : null))
  if (closed) return <Gone code={closed} />
  return (
    <div className="overview">
      <PageHeader title={t("staff.overview.supervise")} user={user} />
      <LinkBanner />
      <Attention engine={engine} title={`${t("staff.overview.supervise")} · Deskside`} />
      <Suspense fallback={<Skeleton />}>
        <SuperviseApp engine={engine} />
      </Suspense>
    </div>
  )
}
