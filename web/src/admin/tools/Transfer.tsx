import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { IconDownload, IconFileImport } from "@tabler/icons-react"
import { type DragEvent, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { bytes } from "../../staff/format"
import classes from "../admin.module.css"
import { api, codeOf } from "../api"
import { useAdmin, useSnapshot } from "../model"
import { Consequences } from "../parts/Consequences"
import { useTellUndo } from "../parts/undo"
import type { Checked, Problem } from "../types"
import tools from "./tools.module.css"

const NONE: readonly Problem[] = []
const LARGEST = 8_000_000

interface Chosen {
  name: string
  size: number
  content: unknown
  checked: Checked
}

/** The whole configuration as one file: taken away, and brought in after one has seen what it would do. */
export function Transfer() {
  const { t } = useTranslation()
  const { mayChange } = useAdmin()
  const { configuration } = useSnapshot()
  return (
    <main className={classes.tool}>
      <h2>{t("admin.nav.transfer")}</h2>
      <section className={tools.transfer} aria-labelledby="admin-export">
        <h3 id="admin-export">{t("admin.transfer.export")}</h3>
        <p>
          {t("admin.transfer.export_about", {
            queues: t("admin.transfer.queues", { count: configuration.queues.length }),
            agents: t("admin.transfer.agents", { count: configuration.agents.length }),
          })}
        </p>
        <Button
          className={tools.download}
          component="a"
          href={api.exportPath}
          download
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t("admin.transfer.export_button")}
        </Button>
      </section>
      {mayChange && <Import />}
    </main>
  )
}

function Import() {
  const { t, i18n } = useTranslation()
  const { chosen, refused, busy, choose, apply, drop } = useImport()
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const broken = chosen?.checked.problems.some(({ severity }) => severity === "error") ?? false
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) void choose(file)
  }
  return (
    <section className={tools.transfer} aria-labelledby="admin-import">
      <h3 id="admin-import">{t("admin.transfer.import")}</h3>
      <p>{t("admin.transfer.import_about")}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button within does the same */}
      <div
        className={tools.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        <IconFileImport size={24} aria-hidden />
        <p>{chosen ? `${chosen.name} · ${bytes(chosen.size, i18n.language)}` : t("admin.transfer.drop")}</p>
        <Button variant="default" loading={busy} onClick={() => input.current?.click()}>
          {t(chosen ? "admin.transfer.choose_other" : "admin.transfer.choose")}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept="application/json,.json"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0]
            event.currentTarget.value = ""
            if (file) void choose(file)
          }}
        />
      </div>
      {refused && (
        <p className={classes.error} role="alert">
          {refused}
        </p>
      )}
      {chosen && (
        <>
          <Consequences
            about="import"
            checked={chosen.checked}
            checking={false}
            own={NONE}
            others={chosen.checked.problems}
          />
          <div className="row wrap">
            <Button disabled={broken} loading={busy} onClick={() => void apply()}>
              {t("admin.transfer.apply")}
            </Button>
            <Button variant="default" onClick={drop}>
              {t("admin.transfer.not")}
            </Button>
            {broken && <span className="muted">{t("admin.transfer.mend")}</span>}
          </div>
        </>
      )}
    </section>
  )
}

function useImport() {
  const { t } = useTranslation()
  const admin = useAdmin()
  const tell = useTellUndo()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const say = (error: unknown) => t(`common.error.${codeOf(error)}`, { defaultValue: t("common.error.server_error") })

  const choose = async (file: File) => {
    setChosen(null)
    setRefused(null)
    if (file.size > LARGEST) return setRefused(t("admin.transfer.too_large"))
    setBusy(true)
    try {
      const content: unknown = await file.text().then(JSON.parse)
      setChosen({ name: file.name, size: file.size, content, checked: await api.checkImport(content) })
    } catch (error) {
      const code = codeOf(error)
      setRefused(error instanceof SyntaxError || code === "bad_request" ? t("admin.transfer.not_ours") : say(error))
    }
    setBusy(false)
  }

  const apply = async () => {
    if (!chosen) return
    setBusy(true)
    try {
      const { changed, version } = await api.import(chosen.content)
      setChosen(null)
      await admin.load()
      if (changed) tell(t("admin.transfer.done", { count: changed }), version)
      else notifications.show({ message: t("admin.transfer.done", { count: changed }) })
    } catch (error) {
      setRefused(say(error))
    }
    setBusy(false)
  }
  return { chosen, refused, busy, choose, apply, drop: () => setChosen(null) }
}
