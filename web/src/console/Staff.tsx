import { Button } from "@mantine/core"
import { lazy, Suspense, useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { homeOf, mayOpen, type StaffApp, safeReturn, whoAmI } from "../data/auth"
import { followAccount } from "../staff/i18n"
import { StateCard } from "../staff/StateCard"
import { Refused } from "../wire/control"
import { ConsoleApp } from "./App"
import { PageHeader } from "./header/PageHeader"
import { LoginPage } from "./LoginPage"
import { NotAllowed } from "./NotAllowed"
import { Outbox } from "./Outbox"
import { Skeleton } from "./Skeleton"
import { Supervision } from "./Supervision"
import "./layout.css"

/** The auditor's pages and the administration are loaded only for those who open them. */
const AuditApp = lazy(() => import("../replay/App"))
const AdminApp = lazy(() => import("../admin/App"))

type Who = { kind: "asking" } | { kind: "nobody" } | { kind: "unknown" } | { kind: "user"; user: UserInfo }

/** Finds out who is there and shows the page that the address asks for. */
export function Staff({ path }: { path: string }) {
  const { t, i18n } = useTranslation()
  const [who, setWho] = useState<Who>({ kind: "asking" })
  const asked = safeReturn(path)

  const enter = useCallback(
    async (user: UserInfo) => {
      await followAccount(i18n, user.language)
      if (!asked) {
        const next = safeReturn(new URLSearchParams(location.search).get("next")) ?? homeOf(user)
        history.replaceState(null, "", `/${next}`)
      }
      setWho({ kind: "user", user })
    },
    [asked, i18n],
  )
  const ask = useCallback(() => {
    setWho({ kind: "asking" })
    whoAmI().then(enter, (cause) => {
      setWho({ kind: cause instanceof Refused && cause.code === "not_signed_in" ? "nobody" : "unknown" })
    })
  }, [enter])
  useEffect(ask, [ask])

  if (who.kind === "asking") return <Skeleton />
  if (who.kind === "nobody") return <LoginPage onEnter={enter} />
  if (who.kind === "unknown") {
    return (
      <StateCard title={t("common.unreachable")} text={t("common.unreachable_text")}>
        <Button onClick={ask}>{t("common.again")}</Button>
      </StateCard>
    )
  }
  const app = asked ?? safeReturn(location.pathname) ?? homeOf(who.user)
  return <App app={app} user={who.user} />
}

function App({ app, user }: { app: StaffApp; user: UserInfo }) {
  const { t } = useTranslation()
  if (!mayOpen(app, user)) return <NotAllowed app={app} user={user} />
  if (app === "console") return <ConsoleApp user={user} />
  if (app === "audit") {
    return (
      <div className="overview">
        <PageHeader user={user} />
        <Suspense fallback={<Skeleton />}>
          <AuditApp />
        </Suspense>
      </div>
    )
  }
  if (app === "supervise") return <Supervision user={user} />
  if (app === "admin") {
    return (
      <div className="overview">
        <PageHeader title={t("staff.overview.admin")} user={user} />
        <Suspense fallback={<Skeleton />}>
          <AdminApp user={user} />
        </Suspense>
      </div>
    )
  }
  return <Outbox user={user} />
}
