import { Button, Modal } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { IconArrowLeft, IconTrash } from "@tabler/icons-react"
import { useCallback, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { codeOf } from "../api"
import { useSaveKey } from "../keys"
import { Link } from "../parts/Link"
import { go, NEW, path } from "../route"
import { type Draft, type Site, useSites, useSitesState } from "./model"
import { SiteForm } from "./SiteForm"
import { SiteHistoryPart } from "./SiteHistory"
import { SitePreview } from "./SitePreview"
import { EMPTY, wrongIn } from "./settings"

/** One site: what it is, what agents may see of it, and how that looks. */
export function SiteDetail({ at }: { at: string }) {
  const { t } = useTranslation()
  const sites = useSites()
  const saved = useSitesState((state) => state.sites?.find((site) => site.key === at) ?? null)
  const kept = useSitesState((state) => state.drafts[at] ?? null)
  const queue = useSitesState((state) => state.queues[0]?.[0] ?? "")
  const blank = useMemo<Draft>(() => ({ key: "", version: 0, settings: { ...EMPTY, queue } }), [queue])
  const draft = kept ?? (at === NEW ? blank : null)
  const shown = draft ?? saved
  const { saving, save, touched } = useSaving(at, draft)
  useSaveKey(draft ? save : null)
  const wrong = useMemo(() => (shown ? wrongIn(shown.key, shown.settings) : []), [shown])
  if (!shown) {
    return (
      <div className={classes.detail} data-empty>
        <div className={classes.hollow} role="alert">
          <h2>{t("admin.not_there")}</h2>
          <p>{t("admin.not_there_text")}</p>
        </div>
      </div>
    )
  }
  // A new form is not scolded for fields that nobody has come to yet.
  const told = touched || at !== NEW ? wrong : wrong.filter(({ code }) => code !== "required")
  const edit = (part: Partial<Draft>) => sites.edit(at, { ...shown, ...part })
  return (
    <section className={classes.detail} aria-labelledby="admin-detail" data-kind="site">
      <header className={classes.detailHead}>
        <Link className={classes.up} href={path("sites")}>
          <IconArrowLeft size={16} aria-hidden />
          {t("admin.nav.sites")}
        </Link>
        <h2 id="admin-detail" className="grow cut">
          {shown.settings.company || t("admin.sites.new")}
        </h2>
        {saved && <Removal site={saved} />}
      </header>
      <div className={classes.detailBody}>
        <div className={classes.form}>
          {kept?.theirs !== undefined && <SiteConflict at={at} draft={kept} />}
          <SiteForm
            site={shown}
            isNew={at === NEW}
            wrong={told}
            change={(part) => edit({ settings: { ...shown.settings, ...part } })}
            rename={(key) => edit({ key })}
          />
          <SitePreview settings={shown.settings} />
          {saved && <SiteHistoryPart site={saved} />}
        </div>
      </div>
      {draft && (
        <footer className={classes.saveBar}>
          <span className="grow muted">{t(at === NEW ? "admin.not_saved_new" : "admin.not_saved")}</span>
          <Button
            variant="default"
            onClick={() => {
              sites.discard(at)
              if (at === NEW) go(path("sites"))
            }}
          >
            {t("admin.discard")}
          </Button>
          <Button loading={saving} disabled={draft.theirs !== undefined} onClick={save}>
            {t("common.save")}
            <kbd className={classes.onAccent}>Ctrl S</kbd>
          </Button>
        </footer>
      )}
    </section>
  )
}

function useSaving(at: string, draft: Draft | null) {
  const { t } = useTranslation()
  const sites = useSites()
  const [saving, setSaving] = useState(false)
  const [touched, setTouched] = useState(false)
  const running = useRef(false)
  const save = useCallback(async () => {
    if (!draft || running.current || draft.theirs !== undefined) return
    setTouched(true)
    if (wrongIn(draft.key, draft.settings).length) {
      notifications.show({ message: t("admin.mend_first"), color: "stop" })
      // What was not shown before has to be drawn first.
      requestAnimationFrame(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus())
      return
    }
    running.current = true
    setSaving(true)
    try {
      await sites.save(at, draft)
      notifications.show({ message: t("admin.saved") })
      if (at === NEW) go(path("sites", draft.key), true)
    } catch (error) {
      const code = codeOf(error)
      const taken = at === NEW ? t("admin.sites.taken", { key: draft.key }) : t("admin.conflict.told")
      const said = t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })
      notifications.show({ message: code === "conflict" ? taken : said, color: "stop" })
    } finally {
      running.current = false
      setSaving(false)
    }
  }, [sites, at, draft, t])
  return { saving, save, touched }
}

function SiteConflict({ at, draft }: { at: string; draft: Draft }) {
  const { t } = useTranslation()
  const sites = useSites()
  return (
    <section className={classes.conflict} role="alert">
      <h3>{t(draft.theirs ? "admin.conflict.title" : "admin.conflict.removed")}</h3>
      <p>{t(draft.theirs ? "admin.sites.conflict" : "admin.conflict.removed_text")}</p>
      <div className="row wrap">
        <Button variant="default" onClick={() => sites.discard(at)}>
          {t(draft.theirs ? "admin.conflict.take_all" : "admin.conflict.let_go")}
        </Button>
        <Button onClick={() => sites.insist(at, draft)}>{t("admin.conflict.restore")}</Button>
      </div>
    </section>
  )
}

function Removal({ site }: { site: Site }) {
  const { t } = useTranslation()
  const sites = useSites()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const name = site.settings.company
  const remove = async () => {
    setBusy(true)
    try {
      await sites.remove(site)
      notifications.show({ message: t("admin.deleted", { name }) })
      go(path("sites"), true)
    } catch (error) {
      const said = t(`common.error.${codeOf(error)}`, { defaultValue: t("common.error.server_error") })
      notifications.show({ message: said, color: "stop" })
      setBusy(false)
      setAsking(false)
    }
  }
  return (
    <>
      <Button variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {t("admin.delete")}
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("admin.delete_title", { name })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <div className="stack">
          <p>{t("admin.sites.removal")}</p>
          <div className="row wrap">
            <span className="grow" />
            <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
              {t("admin.keep")}
            </Button>
            <Button color="stop" loading={busy} onClick={() => void remove()}>
              {t("admin.delete")}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  )
}
