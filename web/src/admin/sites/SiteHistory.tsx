import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import { ago, exact } from "../../staff/format"
import { Part, Wide } from "../forms/fields"
import { useLoad } from "../load"
import { equal } from "../merge"
import { type Site, useSites } from "./model"
import type { Field, SiteSettings } from "./settings"
import classes from "./sites.module.css"

/** Who changed what of the site, the newest first. */
export function SiteHistoryPart({ site }: { site: Site }) {
  const { t, i18n } = useTranslation()
  const sites = useSites()
  const { key, version } = site
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version has new changes
  const load = useCallback((signal: AbortSignal) => sites.history(key, signal), [sites, key, version])
  const history = useLoad(load)
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" })
  const names = (before: SiteSettings, after: SiteSettings) =>
    list.format(changed(before, after).map((field) => t(`admin.sites.field.${field}`)))
  if (history.kind !== "ready") return null
  return (
    <Part title={t("admin.sites.changes")}>
      <Wide>
        {history.value.changes.length === 0 && <p className="muted">{t("admin.sites.no_changes")}</p>}
        <ol className={classes.changes}>
          {history.value.changes.map(({ at, by_name, before, after }) => (
            <li key={at}>
              <time dateTime={new Date(at * 1000).toISOString()} title={exact(at, i18n.language)}>
                {ago(at, Date.now() / 1000, i18n.language)}
              </time>
              <span className="grow">
                {by_name || t("admin.sites.command")} ·{" "}
                {before && after ? names(before as SiteSettings, after as SiteSettings) : t("admin.sites.made")}
              </span>
            </li>
          ))}
        </ol>
      </Wide>
    </Part>
  )
}

function changed(before: SiteSettings, after: SiteSettings): Field[] {
  return (Object.keys(after) as Field[]).filter((field) => !equal(before[field], after[field]))
}
