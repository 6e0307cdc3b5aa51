import { Button } from "@mantine/core"
import { IconPlus } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { RULES } from "../items"
import { useAdmin } from "../model"
import { go, NEW, path, type Section } from "../route"
import type { Kind } from "../types"
import { Detail } from "./Detail"
import { List } from "./List"

/** The list of one kind, and the form of the item chosen. On a narrow page one of the two. */
export function Items({ section, kind, id }: { section: Section; kind: Kind; id: string | null }) {
  const { t } = useTranslation()
  const { mayChange } = useAdmin()
  if (kind === "rules") {
    return (
      <main className={classes.panes} data-alone>
        <Detail key={RULES} section={section} kind={kind} id={RULES} />
      </main>
    )
  }
  return (
    <main className={classes.panes} data-open={id !== null || undefined}>
      <List section={section} kind={kind} chosen={id} />
      {id === null ? (
        <div className={classes.detail} data-empty>
          <div className={classes.hollow}>
            <h2>{t(`admin.nav.${section}`)}</h2>
            <p>{t(`admin.about.${section}`)}</p>
            {mayChange && (
              <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => go(path(section, NEW))}>
                {t(`admin.new.${kind}`)}
              </Button>
            )}
          </div>
        </div>
      ) : (
        <Detail key={id} section={section} kind={kind} id={id} />
      )}
    </main>
  )
}
