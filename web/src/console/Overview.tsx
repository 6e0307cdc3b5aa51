import { Alert, Skeleton as Grey } from "@mantine/core"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { Console } from "../data/console"
import { ConsoleContext, useDesk } from "./context"
import { LinkBanner } from "./header/LinkBanner"
import { PageHeader } from "./header/PageHeader"
import { Team } from "./left/Team"
import { Waiters } from "./left/Waiters"
import { NotAllowed } from "./NotAllowed"
import "./layout.css"
import "./left/left.css"

/** First page of the supervisor and the administrator: who is there, which queues there are, who waits. */
export function Overview({ app, user }: { app: "admin" | "audit"; user: UserInfo }) {
  const [engine, setEngine] = useState<Console | null>(null)
  const watches = user.permissions.includes("desk.watch")
  useEffect(() => {
    if (!watches) return
    const fresh = new Console(user)
    fresh.start()
    void fresh.loadConfig()
    setEngine(fresh)
    return () => fresh.stop()
  }, [user, watches])
  if (app === "audit") return <NotAllowed app={app} user={user} />
  if (watches && engine) {
    return (
      <ConsoleContext value={engine}>
        <Watch app={app} user={user} />
      </ConsoleContext>
    )
  }
  return <Plain app={app} user={user} />
}

function Watch({ app, user }: { app: "admin"; user: UserInfo }) {
  const { t } = useTranslation()
  const queues = useDesk((state) => state.config?.queues ?? null)
  const ready = useDesk((state) => state.desk !== null)
  return (
    <div className="overview">
      <PageHeader title={t(`staff.overview.${app}`)} user={user} />
      <LinkBanner />
      <main className="overview-body">
        {ready ? <Waiters /> : <Grey height={120} />}
        <section className="card">
          <h2 className="label">{t("staff.overview.queues")}</h2>
          {queues === null && <Grey height={80} />}
          {queues?.length === 0 && <p className="muted">{t("staff.overview.no_queues")}</p>}
          <ul>
            {queues?.map((queue) => (
              <li key={queue.id} className="item">
                <span className="grow">
                  {queue.name}
                  <small>
                    {t(`staff.policy.${queue.recording}`)} ·{" "}
                    {t("staff.overview.wrap_up", { count: queue.wrap_up_seconds })}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        </section>
        {ready ? <Team /> : <Grey height={120} />}
      </main>
    </div>
  )
}

function Plain({ app, user }: { app: "admin"; user: UserInfo }) {
  const { t } = useTranslation()
  return (
    <div className="overview">
      <PageHeader title={t(`staff.overview.${app}`)} user={user} />
      <main className="state-page">
        <div className="card stack state-card">
          <p className="muted">{t("staff.overview.hello", { name: user.display_name })}</p>
          <Alert color="accent">{t("staff.overview.command_line")}</Alert>
        </div>
      </main>
    </div>
  )
}
