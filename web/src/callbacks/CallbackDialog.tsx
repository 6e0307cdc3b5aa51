import { Alert, Button, Checkbox, Modal, Select, Textarea, TextInput } from "@mantine/core"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackInfo, QueueInfo } from "../contract/messages"
import { change, country, create, errorOf, fromField, toField } from "./api"
import type { Person } from "./people"
import { errorText } from "./words"

interface Props {
  open: boolean
  /** What is changed; null: a new one. */
  one: CallbackInfo | null
  me: string
  queues: readonly QueueInfo[]
  people: readonly Person[]
  onClose: () => void
  onSaved: () => void
  /** Somebody else changed it meanwhile. */
  onStale: () => void
}

type When = "soon" | "at" | "unchanged"

export function CallbackDialog({ open, ...props }: Props) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={open}
      onClose={props.onClose}
      title={t(props.one ? "callbacks.form.title_edit" : "callbacks.form.title_new")}
      closeButtonProps={{ "aria-label": t("callbacks.close") }}
    >
      {open && <Form {...props} />}
    </Modal>
  )
}

function Form({ one, me, queues, people, onSaved, onStale }: Omit<Props, "open" | "onClose">) {
  const { t, i18n } = useTranslation()
  const [name, setName] = useState(one?.name ?? "")
  const [number, setNumber] = useState("")
  const [email, setEmail] = useState(one?.email ?? "")
  const [queue, setQueue] = useState<string | null>(one?.queue ?? queues[0]?.id ?? null)
  const [when, setWhen] = useState<When>(one ? "unchanged" : "soon")
  const [time, setTime] = useState(toField(one ? one.at : Math.ceil(Date.now() / 3_600_000) * 3600))
  const [agent, setAgent] = useState<string | null>(one?.agent ?? null)
  const [only, setOnly] = useState(one?.agent_only ?? false)
  const [note, setNote] = useState(one?.note ?? "")
  const [refused, setRefused] = useState<{ key: string | null; code: string } | null>(null)
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefused(null)
    const at = when === "at" ? fromField(time) : null
    const what = { name: name.trim(), email: email.trim(), note: note.trim(), queue: queue ?? "", agent_only: only }
    try {
      if (one) {
        await change(one.id, {
          ...what,
          version: one.version,
          number: number.trim() || null,
          agent: agent ?? "",
          at: when === "soon" ? Date.now() / 1000 : at,
        })
      } else {
        const from = { country: country(), language: i18n.language, source: "agent" } as const
        await create({ ...what, ...from, number: number.trim(), agent, at })
      }
      onSaved()
    } catch (cause) {
      const told = errorOf(cause)
      setRefused(told)
      if (told.key === "version") onStale()
    } finally {
      setBusy(false)
    }
  }

  const wrong = (...keys: string[]) => (refused?.key && keys.includes(refused.key) ? errorText(t, refused) : undefined)
  const whens: When[] = one ? ["unchanged", "soon", "at"] : ["soon", "at"]
  const shownBeside = ["number", "exists", "email", "at", "hours"].includes(refused?.key ?? "")
  const others = people.filter((person) => person.id !== me)
  return (
    <form className="stack" onSubmit={submit}>
      {refused && !shownBeside && (
        <Alert color="stop" role="alert">
          {errorText(t, refused)}
        </Alert>
      )}
      <TextInput
        label={t("callbacks.form.name")}
        value={name}
        maxLength={80}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        type="tel"
        label={t("callbacks.form.number")}
        description={
          one?.number ? t("callbacks.form.number_now", { number: one.number }) : t("callbacks.form.number_hint")
        }
        value={number}
        maxLength={40}
        error={wrong("number", "exists")}
        onChange={(event) => setNumber(event.currentTarget.value)}
      />
      <TextInput
        type="email"
        label={t("callbacks.form.email")}
        value={email}
        maxLength={254}
        error={wrong("email")}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Select
        label={t("callbacks.form.queue")}
        data={queues.map((each) => ({ value: each.id, label: each.name }))}
        value={queue}
        allowDeselect={false}
        onChange={setQueue}
      />
      <div className="callback-when">
        <Select
          label={t("callbacks.form.when")}
          data={whens.map((each) => ({ value: each, label: t(`callbacks.form.${each}`) }))}
          value={when}
          allowDeselect={false}
          error={when === "at" ? undefined : wrong("at", "hours")}
          onChange={(next) => setWhen((next ?? "soon") as When)}
        />
        {when === "at" && (
          <TextInput
            type="datetime-local"
            label={t("callbacks.form.time")}
            value={time}
            required
            error={wrong("at", "hours")}
            onChange={(event) => setTime(event.currentTarget.value)}
          />
        )}
      </div>
      <Select
        label={t("callbacks.form.agent")}
        placeholder={t("callbacks.form.anybody")}
        data={[
          { value: me, label: t("callbacks.form.me") },
          ...others.map((person) => ({ value: person.id, label: person.name })),
        ]}
        value={agent}
        clearable
        onChange={setAgent}
      />
      {agent && (
        <Checkbox
          label={t("callbacks.form.only")}
          checked={only}
          onChange={(event) => setOnly(event.currentTarget.checked)}
        />
      )}
      <Textarea
        label={t("callbacks.form.note")}
        value={note}
        maxLength={2000}
        rows={2}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" loading={busy}>
          {t(one ? "callbacks.form.save" : "callbacks.form.create")}
        </Button>
      </div>
    </form>
  )
}
