import { Button, Skeleton } from "@mantine/core"
import { IconArrowBackUp } from "@tabler/icons-react"
import { useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { ago, exact } from "../../staff/format"
import classes from "../admin.module.css"
import { api, codeOf } from "../api"
import { labelIn } from "../items"
import { changedFields } from "../merge"
import { useAdmin, useSnapshot } from "../model"
import { useName } from "../names"
import { Link } from "../parts/Link"
import { useUndo } from "../parts/undo"
import { path, sectionOf } from "../route"
import type { Change } from "../types"
import { useTellValue } from "../values"
import tools from "./tools.module.css"

const PAGE = 50

/** Who changed what, the newest first, each with the way back. */
export function Changes() {
  const { t } = useTranslation()
  const { changes, error, busy, more, next } = useChanges()
  return (
    <main className={classes.tool}>
      <h2>{t("admin.nav.changes")}</h2>
      <p className="muted">{t("admin.changes.about")}</p>
      {error && (
        <p className={classes.error} role="alert">
          {t(`common.error.${error}`, { defaultValue: t("common.error.server_error") })}
        </p>
      )}
      {busy && changes.length === 0 && <Skeleton height={120} width="auto" />}
      {!busy && !error && changes.length === 0 && <p className={tools.none}>{t("admin.changes.none")}</p>}
      <ol className={tools.changes}>
        {changes.map((change) => (
          <Entry key={`${change.version} ${change.kind} ${change.id}`} change={change} />
        ))}
      </ol>
      {more && (
        <Button variant="default" loading={busy} onClick={next}>
          {t("admin.changes.more")}
        </Button>
      )}
    </main>
  )
}

function useChanges() {
  const { version } = useSnapshot()
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(true)
  const [more, setMore] = useState(false)
  const load = useCallback(async (before: number | null, signal?: AbortSignal) => {
    setBusy(true)
    try {
      const page = await api.changes(before, PAGE, signal)
      setChanges((old) => (before === null ? page.changes : [...old, ...page.changes]))
      setMore(page.changes.length === PAGE)
      setError(null)
    } catch (cause) {
      if (signal?.aborted) return
      setError(codeOf(cause))
    }
    setBusy(false)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version has new changes
  useEffect(() => {
    const abort = new AbortController()
    void load(null, abort.signal)
    return () => abort.abort()
  }, [load, version])
  const last = changes.at(-1)?.version ?? null
  return { changes, error, busy, more, next: () => void load(last) }
}

function Entry({ change }: { change: Change }) {
  const { t, i18n } = useTranslation()
  const { mayChange } = useAdmin()
  const undo = useUndo()
  const tell = useTellValue()
  const name = useName()
  const [busy, setBusy] = useState(false)
  const way = change.before === null ? "made" : change.after === null ? "removed" : "changed"
  const fields = way === "changed" ? changedFields(change.before, change.after) : []
  const at = (side: object | null, field: string) => (side as Record<string, unknown> | null)?.[field]
  const called = labelIn(change.name, i18n.language) || name(change.kind, change.id)
  return (
    <li className={tools.change}>
      <div className="grow">
        <p>
          {change.kind !== "rules" && <span className="muted">{t(`admin.kind.${change.kind}`)} </span>}
          {change.after === null ? (
            <b>{called}</b>
          ) : (
            <Link href={path(sectionOf(change.kind), change.kind === "rules" ? null : change.id)}>
              <b>{change.kind === "rules" ? t("admin.nav.rules") : called}</b>
            </Link>
          )}{" "}
          {t(change.undoes === null ? `admin.changes.${way}` : "admin.changes.took_back")}
        </p>
        {fields.length > 0 && (
          <dl className={tools.diff}>
            {fields.map((field) => (
              <div key={field}>
                <dt>{t(`admin.field.${field}`, { defaultValue: field })}</dt>
                <dd>
                  <del>{tell(field, at(change.before, field))}</del> <span aria-hidden>→</span>{" "}
                  <ins>{tell(field, at(change.after, field))}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
        <p className="small muted">
          {change.by_name || t("admin.changes.by_command")} ·{" "}
          <time title={exact(change.at, i18n.language)}>{ago(change.at, Date.now() / 1000, i18n.language)}</time>
        </p>
      </div>
      {mayChange && (
        <Button
          variant="default"
          size="xs"
          loading={busy}
          leftSection={<IconArrowBackUp size={14} />}
          aria-label={t("admin.changes.undo_of", { name: called })}
          onClick={async () => {
            setBusy(true)
            await undo(change.version)
            setBusy(false)
          }}
        >
          {t("admin.undo")}
        </Button>
      )}
    </li>
  )
}
