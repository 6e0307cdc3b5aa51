import { ActionIcon, Alert, Button, Menu, Modal, Tooltip } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { IconArrowLeft, IconCopy, IconDots, IconTrash } from "@tabler/icons-react"
import { useCallback, useMemo, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { codeOf } from "../api"
import { AgentForm } from "../forms/AgentForm"
import { FormContext } from "../forms/fields"
import { HoursForm } from "../forms/HoursForm"
import { QueueForm } from "../forms/QueueForm"
import { RulesForm } from "../forms/RulesForm"
import { LabelForm, NamedForm, TeamListForm } from "../forms/simple"
import { copyOf, emptyFields, find, fresh, labelIn } from "../items"
import { useSaveKey } from "../keys"
import { type Draft, useAdmin, useAdminState, useSnapshot } from "../model"
import { useName } from "../names"
import { go, NEW, path, type Section } from "../route"
import type { Item, Kind, Problem } from "../types"
import { blocked, useCheck, useOnceChecked } from "../useCheck"
import { Conflict } from "./Conflict"
import { Consequences } from "./Consequences"
import { Link } from "./Link"
import { useTellUndo } from "./undo"

interface Props {
  section: Section
  kind: Kind
  id: string
}

/** One item: its form, what a change of it would do, and saving it. */
export function Detail({ section, kind, id }: Props) {
  const { t } = useTranslation()
  const { configuration } = useSnapshot()
  const draft = useAdminState((state) => state.drafts[`${kind}/${id}`] ?? null)
  const saved = id === NEW ? null : find(configuration, kind, id)
  if (id !== NEW && !saved && !draft) {
    return (
      <div className={classes.detail} data-empty>
        <div className={classes.hollow} role="alert">
          <h2>{t("admin.not_there")}</h2>
          <p>{t("admin.not_there_text")}</p>
          <Link href={path("changes")}>{t("admin.nav.changes")}</Link>
        </div>
      </div>
    )
  }
  return <Editor section={section} kind={kind} id={id} draft={draft} saved={saved} />
}

function Editor({ section, kind, id, draft: kept, saved }: Props & { draft: Draft | null; saved: Item | null }) {
  const { t, i18n } = useTranslation()
  const admin = useAdmin()
  const name = useName()
  const { version } = useSnapshot()
  const blank = useMemo<Draft | null>(
    () => (id === NEW && kind !== "rules" ? { kind, id, base: null, item: fresh(kind), version } : null),
    [kind, id, version],
  )
  const draft = kept ?? blank
  const { own, others, ...check } = useCheck(draft)
  const { saving, save, touched } = useSaving(section, draft, own, check.checking)
  useSaveKey(draft && admin.mayChange ? save : null)
  const item = draft?.item ?? saved
  const change = useCallback((next: Item) => admin.edit(kind, id, next), [admin, kind, id])
  // A new form is not scolded for fields that nobody has come to yet.
  const hidden = !touched && id === NEW
  const shown = useMemo(() => (hidden ? own.filter(({ code }) => code !== "required") : own), [own, hidden])
  const form = useMemo(
    () => item && { item, change, problems: shown, readOnly: !admin.mayChange },
    [item, change, shown, admin.mayChange],
  )
  if (!form) return null
  const title = kind === "rules" ? t("admin.nav.rules") : titleOf(form.item, i18n.language)
  const said = title || (kind === "agent" && id !== NEW ? name("agent", id) : t(`admin.new.${kind as "queue"}`))
  return (
    <FormContext value={form}>
      <section className={classes.detail} aria-labelledby="admin-detail" data-kind={kind}>
        <header className={classes.detailHead}>
          {kind !== "rules" && (
            <Link className={classes.up} href={path(section)}>
              <IconArrowLeft size={16} aria-hidden />
              {t(`admin.nav.${section}`)}
            </Link>
          )}
          <h2 id="admin-detail" className="grow cut">
            {kind === "agent" ? (id === NEW ? t("admin.new.agent") : name("agent", id)) : said}
          </h2>
          {id !== NEW && kind !== "rules" && admin.mayChange && saved && (
            <Actions section={section} kind={kind} id={id} item={form.item} name={said} />
          )}
        </header>
        <div className={classes.detailBody} tabIndex={admin.mayChange ? undefined : 0}>
          <div className={classes.form}>
            {!admin.mayChange && (
              <Alert color="accent" variant="light">
                {t("admin.read_only")}
              </Alert>
            )}
            {draft?.theirs && <Conflict draft={draft} />}
            <fieldset className={classes.plain} disabled={!admin.mayChange}>
              <FormOf kind={kind} isNew={id === NEW} />
            </fieldset>
          </div>
        </div>
        {draft && <Consequences about="change" {...check} own={shown} others={others} />}
        {draft && admin.mayChange && (
          <footer className={classes.saveBar}>
            <span className="grow muted">{t(id === NEW ? "admin.not_saved_new" : "admin.not_saved")}</span>
            <Button
              variant="default"
              onClick={() => {
                admin.discard(kind, id)
                if (id === NEW) go(path(section))
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
    </FormContext>
  )
}

function titleOf(item: Item, language: string): string {
  if ("label" in item) return labelIn(item.label, language)
  return "name" in item ? item.name : ""
}

function FormOf({ kind, isNew }: { kind: Kind; isNew: boolean }) {
  switch (kind) {
    case "queue":
      return <QueueForm />
    case "group":
    case "skill":
      return <NamedForm kind={kind} />
    case "agent":
      return <AgentForm isNew={isNew} />
    case "hours":
      return <HoursForm />
    case "reason":
    case "outcome_code":
      return <LabelForm />
    case "team_list":
      return <TeamListForm />
    case "rules":
      return <RulesForm />
  }
}

/** Saving a draft: tells what is missing first, then what became of it. */
function useSaving(section: Section, draft: Draft | null, problems: readonly Problem[], checking: boolean) {
  const { t } = useTranslation()
  const admin = useAdmin()
  const tell = useTellUndo()
  const [saving, setSaving] = useState(false)
  const [touched, setTouched] = useState(false)
  const running = useRef(false)
  const save = useCallback(async () => {
    if (!draft || running.current || draft.theirs) return
    setTouched(true)
    if (emptyFields(draft.kind, draft.id, draft.item).length || blocked(problems)) {
      notifications.show({ message: t("admin.mend_first"), color: "stop" })
      document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus()
      return
    }
    running.current = true
    setSaving(true)
    try {
      const { id, version } = await admin.save(draft)
      if (draft.id === NEW) go(path(section, id), true)
      tell(t("admin.saved"), version)
    } catch (error) {
      const code = codeOf(error)
      notifications.show({
        message:
          code === "conflict"
            ? t("admin.conflict.told")
            : t(`common.error.${code}`, { defaultValue: t("common.error.server_error") }),
        color: "stop",
      })
    } finally {
      running.current = false
      setSaving(false)
    }
  }, [admin, draft, problems, section, t, tell])
  const { waiting, go: saveChecked } = useOnceChecked(checking, save)
  return { saving: saving || waiting, save: saveChecked, touched }
}

interface ActionsProps extends Props {
  item: Item
  name: string
}

function Actions({ section, kind, id, item, name }: ActionsProps) {
  const { t } = useTranslation()
  const admin = useAdmin()
  const [asking, setAsking] = useState(false)
  const copy = () => {
    admin.edit(kind, NEW, copyOf(kind, item, t("admin.copy_mark")))
    go(path(section, NEW))
  }
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Tooltip label={t("admin.more")}>
            <ActionIcon variant="default" size="lg" aria-label={t("admin.more")}>
              <IconDots size={18} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={copy}>
            {t(kind === "agent" ? "admin.copy_agent" : "admin.copy")}
          </Menu.Item>
          <Menu.Item color="stop" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>
            {t("admin.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t("admin.delete_title", { name })}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <Removal section={section} kind={kind} id={id} name={name} close={() => setAsking(false)} />
      </Modal>
    </>
  )
}

/** What deleting would do, and doing it. */
function Removal({ section, kind, id, name, close }: Props & { name: string; close: () => void }) {
  const { t } = useTranslation()
  const admin = useAdmin()
  const tell = useTellUndo()
  const gone = useMemo(() => ({ kind, id, item: null }), [kind, id])
  const check = useCheck(null, gone)
  const [busy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    try {
      const version = await admin.remove(kind, id)
      go(path(section), true)
      tell(t("admin.deleted", { name }), version)
    } catch (error) {
      notifications.show({
        message: t(`common.error.${codeOf(error)}`, { defaultValue: t("common.error.server_error") }),
        color: "stop",
      })
      close()
    }
  }
  return (
    <div className="stack">
      <Consequences about="removal" {...check} />
      <div className="row wrap">
        <span className="grow" />
        <Button variant="default" data-autofocus onClick={close}>
          {t("admin.keep")}
        </Button>
        <Button color="stop" loading={busy} disabled={blocked(check.own)} onClick={() => void remove()}>
          {t("admin.delete")}
        </Button>
      </div>
    </div>
  )
}
