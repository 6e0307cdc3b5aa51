import { Alert, Button, Modal } from "@mantine/core"
import { type FormEvent, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackInfo, QueueInfo } from "../contract/messages"
import { draft, drafts } from "../data/drafts"
import { change, country, create, errorOf, get } from "./api"
import { CallbackFields } from "./CallbackFields"
import { Changed } from "./Changed"
import { creation, edition, type Fields, fieldsOf, type Meanwhile, meanwhile, readLeft, withTheirs } from "./form"
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

/** What stands in the form, kept for the tab until it is saved: Escape loses nothing. */
function useFields(one: CallbackInfo | null, queue: string | null) {
  const place = `callback ${one?.id ?? "new"}`
  const [fresh] = useState(() => fieldsOf(one, queue))
  const [left] = useState(() => readLeft(drafts.get()[place] ?? "", fresh))
  const [base, setBase] = useState(left ? left.base : one)
  const [fields, setFields] = useState<Fields>(left?.fields ?? fresh)
  const begun = JSON.stringify(fields) !== JSON.stringify(fresh)
  useEffect(() => draft(place, begun ? JSON.stringify({ base, fields }) : ""), [place, begun, base, fields])
  const forget = () => {
    setBase(one)
    setFields(fresh)
  }
  return { base, setBase, fields, setFields, forget, kept: left !== null && begun, done: () => draft(place, "") }
}

function Form({ one, me, queues, people, onSaved, onStale }: Omit<Props, "open" | "onClose">) {
  const { t, i18n } = useTranslation()
  const { base, setBase, fields, setFields, forget, kept, done } = useFields(one, queues[0]?.id ?? null)
  const [refused, setRefused] = useState<{ key: string | null; code: string } | null>(null)
  const [told, setTold] = useState<{ theirs: CallbackInfo; what: Meanwhile } | null>(null)
  const [busy, setBusy] = useState(false)

  async function meet(before: CallbackInfo) {
    onStale()
    const theirs = (await get(before.id)).callback
    const what = meanwhile(before, theirs, fields)
    setTold({ theirs, what })
    setBase(theirs)
    setFields(what.fields)
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setRefused(null)
    setTold(null)
    try {
      if (base) await change(base.id, edition(base, fields))
      else await create(creation(fields, country(), i18n.language))
      done()
      onSaved()
    } catch (cause) {
      const error = errorOf(cause)
      if (error.key !== "version" || !base) setRefused(error)
      else await meet(base).catch((failed) => setRefused(errorOf(failed)))
    } finally {
      setBusy(false)
    }
  }

  const shownBeside = ["number", "exists", "email", "at", "hours"].includes(refused?.key ?? "")
  return (
    <form className="stack" onSubmit={submit}>
      {refused && !shownBeside && (
        <Alert color="stop" role="alert">
          {errorText(t, refused)}
        </Alert>
      )}
      {told && (
        <Changed
          theirs={told.theirs}
          what={told.what}
          onTake={(field) => {
            setFields(withTheirs(fields, told.theirs, field))
            const clashes = told.what.clashes.filter((other) => other !== field)
            setTold({ ...told, what: { ...told.what, clashes, taken: [...told.what.taken, field] } })
          }}
        />
      )}
      {kept && !told && (
        <p className="row wrap muted" role="status">
          <span className="grow">{t("callbacks.form.kept")}</span>
          <Button size="compact-md" variant="default" onClick={forget}>
            {t("callbacks.form.forget")}
          </Button>
        </p>
      )}
      <CallbackFields
        one={base}
        fields={fields}
        change={(part) => setFields({ ...fields, ...part })}
        refused={refused}
        me={me}
        queues={queues}
        people={people}
      />
      <div>
        <Button type="submit" loading={busy}>
          {t(base ? "callbacks.form.save" : "callbacks.form.create")}
        </Button>
      </div>
    </form>
  )
}
