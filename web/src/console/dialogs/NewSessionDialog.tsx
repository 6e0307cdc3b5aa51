import { Alert, Button, Modal, Select, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import { useDraft } from "../../data/drafts"
import { createOutbound } from "../../data/session"
import { LANGUAGE_NAMES } from "../../staff/i18n"
import { Refused } from "../../wire/control"
import { useConsole, useDesk } from "../context"
import { useDialog } from "./dialogs"

/** A session of the agent's own making: everything may be left empty, then comes the invitation. */
export function NewSessionDialog() {
  const { t } = useTranslation()
  const { open, close } = useDialog()
  return (
    <Modal
      opened={open === "new"}
      onClose={close}
      title={t("staff.new.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Form />
    </Modal>
  )
}

function Form() {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const { show } = useDialog()
  const queues = useDesk((state) => state.config?.queues ?? [])
  const languages = useDesk((state) => state.config?.languages ?? ["en"])
  const [name, setName] = useDraft("new name")
  const [queue, setQueue] = useState<string | null>(null)
  const [language, setLanguage] = useState(i18n.language)
  const [refused, setRefused] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefused(null)
    try {
      const { session } = await createOutbound({ customer_name: name.trim(), queue, language })
      setName("")
      engine.expect(session)
      show("invite", session)
    } catch (cause) {
      setRefused(cause instanceof Refused ? cause.code : "server_error")
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="stack" onSubmit={submit}>
      {refused && (
        <Alert color="stop" role="alert">
          {t(`common.error.${refused}`, { defaultValue: t("common.error.server_error") })}
        </Alert>
      )}
      <TextInput
        label={t("staff.new.name")}
        placeholder={t("staff.new.optional")}
        maxLength={80}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label={t("staff.new.queue")}
        placeholder={t("staff.new.no_queue")}
        data={queues.map((one) => ({ value: one.id, label: one.name }))}
        value={queue}
        onChange={setQueue}
        clearable
      />
      <Select
        label={t("staff.new.language")}
        data={languages.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] ?? one }))}
        value={language}
        allowDeselect={false}
        onChange={(next) => setLanguage(next ?? "en")}
      />
      <div>
        <Button type="submit" loading={busy}>
          {t("staff.new.start")}
        </Button>
      </div>
    </form>
  )
}
