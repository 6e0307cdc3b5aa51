import { Checkbox, Select, Textarea, TextInput } from "@mantine/core"
import { useMemo } from "react"
import { useTranslation } from "react-i18next"
import type { CallbackInfo, QueueInfo } from "../contract/messages"
import { zones } from "../staff/zones"
import { fromField } from "./api"
import type { Fields, When } from "./form"
import type { Person } from "./people"
import { errorText, thereText } from "./words"

interface Props {
  /** What is changed; null: a new one. */
  one: CallbackInfo | null
  fields: Fields
  change: (part: Partial<Fields>) => void
  refused: { key: string | null; code: string } | null
  me: string
  queues: readonly QueueInfo[]
  people: readonly Person[]
}

export function CallbackFields({ one, fields, change, refused, me, queues, people }: Props) {
  const { t } = useTranslation()
  const { agent } = fields
  const wrong = (...keys: string[]) => (refused?.key && keys.includes(refused.key) ? errorText(t, refused) : undefined)
  const others = people.filter((person) => person.id !== me)
  return (
    <>
      <TextInput
        label={t("callbacks.form.name")}
        value={fields.name}
        maxLength={80}
        data-autofocus
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <TextInput
        type="tel"
        label={t("callbacks.form.number")}
        description={
          one?.number ? t("callbacks.form.number_now", { number: one.number }) : t("callbacks.form.number_hint")
        }
        value={fields.number}
        maxLength={40}
        error={wrong("number", "exists")}
        onChange={(event) => change({ number: event.currentTarget.value })}
      />
      <TextInput
        type="email"
        label={t("callbacks.form.email")}
        value={fields.email}
        maxLength={254}
        error={wrong("email")}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
      <Select
        label={t("callbacks.form.queue")}
        data={queues.map((each) => ({ value: each.id, label: each.name }))}
        value={fields.queue}
        allowDeselect={false}
        onChange={(queue) => change({ queue })}
      />
      <Time one={one} fields={fields} change={change} error={wrong("at", "hours")} />
      <Select
        label={t("callbacks.form.agent")}
        placeholder={t("callbacks.form.anybody")}
        data={[
          { value: me, label: t("callbacks.form.me") },
          ...others.map((person) => ({ value: person.id, label: person.name })),
        ]}
        value={agent}
        clearable
        onChange={(next) => change({ agent: next })}
      />
      {agent && (
        <Checkbox
          label={t("callbacks.form.only")}
          checked={fields.only}
          onChange={(event) => change({ only: event.currentTarget.checked })}
        />
      )}
      <Textarea
        label={t("callbacks.form.note")}
        value={fields.note}
        maxLength={2000}
        rows={2}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
    </>
  )
}

/** When to call, in one's own zone, with what the customer's clock shows then. */
function Time({
  one,
  fields,
  change,
  error,
}: Pick<Props, "one" | "fields" | "change"> & { error: string | undefined }) {
  const { t, i18n } = useTranslation()
  const { when, time } = fields
  const names = useMemo(() => zones(), [])
  const whens: When[] = one ? ["unchanged", "soon", "at"] : ["soon", "at"]
  const at = when === "at" ? fromField(time) : when === "unchanged" ? (one?.at ?? null) : Date.now() / 1000
  const zone = one?.zone ?? fields.zone
  return (
    <>
      {!one && (
        <Select
          label={t("callbacks.form.zone")}
          placeholder={t("callbacks.form.zone_of_number")}
          data={names}
          value={fields.zone || null}
          searchable
          clearable
          limit={60}
          nothingFoundMessage={t("callbacks.form.no_zone")}
          onChange={(next) => change({ zone: next ?? "" })}
        />
      )}
      <div className="callback-when">
        <Select
          label={t("callbacks.form.when")}
          data={whens.map((each) => ({ value: each, label: t(`callbacks.form.${each}`) }))}
          value={when}
          allowDeselect={false}
          error={when === "at" ? undefined : error}
          onChange={(next) => change({ when: (next ?? "soon") as When })}
        />
        {when === "at" && (
          <TextInput
            type="datetime-local"
            label={t("callbacks.form.time")}
            value={time}
            required
            error={error}
            onChange={(event) => change({ time: event.currentTarget.value })}
          />
        )}
      </div>
      <p className="muted small callback-there" role="status">
        {at !== null && thereText(t, at, zone, i18n.language)}
      </p>
    </>
  )
}
