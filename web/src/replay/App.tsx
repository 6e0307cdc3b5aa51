import { useTranslation } from "react-i18next"
import classes from "./audit.module.css"
import { DetailPage } from "./DetailPage"
import { Link } from "./Link"
import { ListPage } from "./ListPage"
import { ReplayPage } from "./ReplayPage"
import { paths, useRoute } from "./route"
import { Notice } from "./states"

/** The auditor's pages: find a session, read its report, replay it. */
export default function AuditApp() {
  const route = useRoute()
  return <div className={classes.app}>{pageOf(route)}</div>
}

function pageOf(route: ReturnType<typeof useRoute>) {
  switch (route.page) {
    case "list":
      return <ListPage />
    case "detail":
      return <DetailPage key={route.session} session={route.session} />
    case "replay":
      return <ReplayPage key={route.session} session={route.session} at={route.at} />
    case "unknown":
      return <Unknown />
  }
}

function Unknown() {
  const { t } = useTranslation()
  return (
    <Notice title={t("audit.state.not_found")} text={t("audit.state.not_found_text")}>
      <Link href={paths.list()}>{t("audit.list.title")}</Link>
    </Notice>
  )
}
