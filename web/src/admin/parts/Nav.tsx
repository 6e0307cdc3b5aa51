import { NativeSelect } from "@mantine/core"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { listOf } from "../items"
import { moveInList } from "../keys"
import { useAdminState } from "../model"
import { go, KIND_OF, path, SECTIONS, type Section } from "../route"
import { useSitesState } from "../sites/model"
import type { Configuration } from "../types"
import { Link } from "./Link"

const GROUPS = [
  ["routing", ["queues", "groups", "skills"]],
  ["people", ["agents", "matrix", "teams"]],
  ["company", ["hours", "reasons", "outcomes", "rules", "sites"]],
  ["tools", ["policy", "changes", "transfer"]],
] as const satisfies readonly (readonly [string, readonly Section[]])[]

function count(configuration: Configuration | undefined, section: Section): number | null {
  const kind = KIND_OF[section]
  return configuration && kind && kind !== "rules" ? listOf(configuration, kind).length : null
}

/** The sections of the administration; on a narrow page one field to choose from. */
export function Nav({ section }: { section: Section | null }) {
  const { t, i18n } = useTranslation()
  const configuration = useAdminState((state) => state.snapshot?.configuration)
  const drafts = useAdminState((state) => Object.values(state.drafts).map((draft) => draft.kind as string))
  const siteDrafts = useSitesState((state) => Object.keys(state.drafts).length)
  const figure = new Intl.NumberFormat(i18n.language)
  return (
    <nav className={classes.nav} aria-label={t("admin.sections")} onKeyDown={moveInList}>
      <NativeSelect
        className={classes.navChoice}
        aria-label={t("admin.sections")}
        value={section ?? ""}
        data={SECTIONS.map((one) => ({ value: one, label: t(`admin.nav.${one}`) }))}
        onChange={(event) => go(path(event.currentTarget.value as Section))}
      />
      {GROUPS.map(([group, sections]) => (
        <div key={group} className={classes.navGroup}>
          <p className="label">{t(`admin.nav_group.${group}`)}</p>
          <ul>
            {sections.map((one) => (
              <li key={one}>
                <Link className={classes.navLink} href={path(one)} aria-current={one === section ? "page" : undefined}>
                  <span className="grow cut">{t(`admin.nav.${one}`)}</span>
                  {(drafts.includes(KIND_OF[one] ?? "-") || (one === "sites" && siteDrafts > 0)) && <Unsaved />}
                  {count(configuration, one) !== null && (
                    <small aria-hidden>{figure.format(count(configuration, one) ?? 0)}</small>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}

/** The sign of a change that is not saved. */
export function Unsaved() {
  const { t } = useTranslation()
  return (
    <span className={classes.unsaved} title={t("admin.unsaved")}>
      <span className="unseen">{t("admin.unsaved")}</span>
    </span>
  )
}
