import { ActionIcon, Button, Skeleton, Tooltip } from "@mantine/core"
import { IconPlus } from "@tabler/icons-react"
import { useEffect } from "react"
import { useTranslation } from "react-i18next"
import { StateCard } from "../../staff/StateCard"
import classes from "../admin.module.css"
import { moveInList } from "../keys"
import { Link } from "../parts/Link"
import { Unsaved } from "../parts/Nav"
import { go, NEW, path } from "../route"
import { useSites, useSitesState } from "./model"
import { SiteDetail } from "./SiteDetail"

/** The company's sites: a list, and the form of the one chosen. */
export function SitesPage({ id }: { id: string | null }) {
  const { t } = useTranslation()
  const sites = useSites()
  const all = useSitesState((state) => state.sites)
  const failed = useSitesState((state) => state.failed)
  const { mayChange } = sites
  useEffect(() => {
    if (mayChange) void sites.load()
  }, [sites, mayChange])
  if (!mayChange) return <StateCard title={t("admin.nav.sites")} text={t("admin.sites.not_allowed")} />
  if (!all && failed) {
    return (
      <StateCard
        title={t("admin.sites.failed")}
        text={t(`common.error.${failed}`, { defaultValue: t("common.error.server_error") })}
      >
        <Button onClick={() => void sites.load()}>{t("common.again")}</Button>
      </StateCard>
    )
  }
  if (!all) return <Skeleton height={180} m="md" width="auto" aria-hidden />
  return (
    <main className={classes.panes} data-open={id !== null || undefined}>
      <SiteList chosen={id} />
      {id === null ? (
        <div className={classes.detail} data-empty>
          <div className={classes.hollow}>
            <h2>{t("admin.nav.sites")}</h2>
            <p>{t("admin.sites.about")}</p>
            <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => go(path("sites", NEW))}>
              {t("admin.sites.new")}
            </Button>
          </div>
        </div>
      ) : (
        <SiteDetail key={id} at={id} />
      )}
    </main>
  )
}

function SiteList({ chosen }: { chosen: string | null }) {
  const { t } = useTranslation()
  const all = useSitesState((state) => state.sites) ?? []
  const drafts = useSitesState((state) => Object.keys(state.drafts))
  return (
    <section className={classes.listPane} aria-labelledby="admin-list">
      <div className={classes.listHead}>
        <h2 id="admin-list" className="grow cut">
          {t("admin.nav.sites")}
        </h2>
        <Tooltip label={t("admin.sites.new")}>
          <ActionIcon
            size={30}
            variant={chosen === NEW ? "light" : "filled"}
            aria-label={t("admin.sites.new")}
            onClick={() => go(path("sites", NEW))}
          >
            <IconPlus size={18} />
          </ActionIcon>
        </Tooltip>
      </div>
      {all.length === 0 && (
        <div className={classes.emptyList}>
          <b>{t("admin.sites.empty")}</b>
          <p>{t("admin.sites.first")}</p>
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys go from link to link */}
      <div className={classes.scroll} onKeyDown={moveInList}>
        <ul>
          {all.map(({ key, settings }) => (
            <li key={key}>
              <Link
                className={classes.row}
                href={path("sites", key)}
                aria-current={key === chosen ? "true" : undefined}
              >
                <span className="grow">
                  <span className="cut">{settings.company}</span>
                  <small className="cut">{settings.origins[0]?.replace(/^https?:\/\//, "") ?? key}</small>
                </span>
                {drafts.includes(key) && <Unsaved />}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
