import { ActionIcon, Button, TextInput } from "@mantine/core"
import { IconPencil } from "@tabler/icons-react"
import { type FormEvent, useState } from "react"
import { useTranslation } from "react-i18next"
import * as model from "../../data/session"
import { exact } from "../../staff/format"
import { LANGUAGE_NAMES } from "../../staff/i18n"
import type { SessionView } from "../../wire/view"
import { useConsole } from "../context"
import { EarlierSessions } from "./EarlierSessions"
import { PageSaid } from "./PageSaid"
import { People } from "./People"

/** Who it is, where they come from, who is in, and what was before. */
export function Customer({ view }: { view: SessionView }) {
  const { t, i18n } = useTranslation()
  const { session } = view
  const rows: [string, string | null][] = [
    ["question", session.question],
    ["queue", session.queue_name],
    ["skills", new Intl.ListFormat(i18n.language).format(Object.values(session.skills ?? {}))],
    ["reference", session.reference],
    ["page", session.page_url],
    ["language", LANGUAGE_NAMES[session.language] ?? session.language],
    ["began", exact(session.created_at, i18n.language)],
    ["recording", t(`staff.policy.${session.recording_policy}`)],
    ["rating", session.rating ? t("staff.customer.stars", { count: session.rating }) : null],
    ["comment", session.comment ?? null],
  ]
  return (
    <div className="customer">
      <CustomerName view={view} />
      <dl>
        {rows
          .filter(([, value]) => value)
          .map(([key, value]) => (
            <div key={key}>
              <dt>{t(`staff.customer.${key}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <PageSaid session={session} />
      <People view={view} />
      <EarlierSessions view={view} />
    </div>
  )
}

function CustomerName({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const name = model.customerName(view)
  const [edited, setEdited] = useState<string | null>(null)
  async function save(event: FormEvent) {
    event.preventDefault()
    const fresh = edited?.trim()
    if (!fresh || fresh === name || (await engine.act({ type: "session.rename", name: fresh }, view.session.id))) {
      setEdited(null)
    }
  }
  if (edited === null) {
    return (
      <div className="row">
        <h2 className="cut">{name || t("staff.role.customer")}</h2>
        {!model.isOver(view) && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("staff.customer.rename")}
            onClick={() => setEdited(name)}
          >
            <IconPencil size={16} />
          </ActionIcon>
        )}
      </div>
    )
  }
  return (
    <form className="row end" onSubmit={save}>
      <TextInput
        className="grow"
        label={t("staff.customer.name")}
        maxLength={80}
        value={edited}
        data-autofocus
        onChange={(event) => setEdited(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && setEdited(null)}
      />
      <Button type="submit">{t("common.save")}</Button>
    </form>
  )
}
