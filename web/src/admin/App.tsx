import { Button, Skeleton } from "@mantine/core"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { UserInfo } from "../contract/messages"
import { StateCard } from "../staff/StateCard"
import classes from "./admin.module.css"
import { useUnsavedWarning } from "./keys"
import { Admin, AdminContext, useAdmin, useAdminState } from "./model"
import { Alarms } from "./parts/Alarms"
import { Items } from "./parts/Items"
import { Link } from "./parts/Link"
import { Nav } from "./parts/Nav"
import { KIND_OF, path, type Section, useRoute } from "./route"
import { Sites, SitesContext } from "./sites/model"
import { SitesPage } from "./sites/SitesPage"
import { Changes } from "./tools/Changes"
import { Matrix } from "./tools/Matrix"
import { Policy } from "./tools/Policy"
import { Transfer } from "./tools/Transfer"

/** The administration: queues, people, hours and rules, each with what a change of it does. */
export default function AdminApp({ user }: { user: UserInfo }) {
  const mayChange = user.permissions.includes("queues.manage")
  const [admin] = useState(() => new Admin(mayChange))
  const [sites] = useState(() => new Sites(user.permissions.includes("sites.manage")))
  useEffect(() => void admin.load(), [admin])
  return (
    <AdminContext value={admin}>
      <SitesContext value={sites}>
        <Room />
      </SitesContext>
    </AdminContext>
  )
}

function Room() {
  const { t } = useTranslation()
  const admin = useAdmin()
  const { section, id } = useRoute()
  const ready = useAdminState((state) => state.snapshot !== null)
  const failed = useAdminState((state) => state.failed)
  useUnsavedWarning()
  useEffect(() => {
    document.title = `${section ? t(`admin.nav.${section}`) : t("admin.title")} · Deskside`
  }, [section, t])
  if (!ready && failed) return <Failed code={failed} again={() => void admin.load()} />
  return (
    <div className={classes.app}>
      <Nav section={section} />
      <div className={classes.body}>
        {ready && <Alarms />}
        {ready ? <Page section={section} id={id} /> : <Loading />}
      </div>
    </div>
  )
}

function Page({ section, id }: { section: Section | null; id: string | null }) {
  const { t } = useTranslation()
  switch (section) {
    case null:
      return (
        <StateCard title={t("admin.unknown")} text={t("admin.unknown_text")}>
          <Link href={path("queues")}>{t("admin.nav.queues")}</Link>
        </StateCard>
      )
    case "matrix":
      return <Matrix />
    case "policy":
      return <Policy />
    case "changes":
      return <Changes />
    case "transfer":
      return <Transfer />
    case "sites":
      return <SitesPage id={id} />
    default:
      return <Items key={section} section={section} kind={KIND_OF[section] ?? "queue"} id={id} />
  }
}

const ROWS = ["a", "b", "c", "d", "e", "f"]

function Loading() {
  const { t } = useTranslation()
  return (
    <div className={classes.panes} aria-busy="true">
      <p className="unseen" role="status">
        {t("common.loading")}
      </p>
      <div className={classes.listPane}>
        {ROWS.map((row) => (
          <Skeleton key={row} height={32} m="sm" width="auto" />
        ))}
      </div>
      <div className={classes.detail}>
        <Skeleton height={28} width="40%" m="md" />
        <Skeleton height={180} m="md" width="auto" />
      </div>
    </div>
  )
}

const KNOWN = new Set(["offline", "not_signed_in", "not_allowed"])

function Failed({ code, again }: { code: string; again: () => void }) {
  const { t } = useTranslation()
  const known = KNOWN.has(code) ? code : "server_error"
  return (
    <StateCard title={t("admin.failed.title")} text={t(`admin.failed.${known}`)}>
      {code === "not_signed_in" ? (
        <Button onClick={() => location.reload()}>{t("admin.failed.sign_in")}</Button>
      ) : (
        code !== "not_allowed" && <Button onClick={again}>{t("common.again")}</Button>
      )}
    </StateCard>
  )
}
