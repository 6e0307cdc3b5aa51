import { Button, SegmentedControl, Textarea } from "@mantine/core"
import { IconLock } from "@tabler/icons-react"
import { type KeyboardEvent, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import { draft, drafts } from "../../data/drafts"
import * as model from "../../data/session"
import { useStore } from "../../data/store"
import type { SessionView } from "../../wire/view"
import { useConsole } from "../context"

const LONGEST = 4000
/** How often the others are told that somebody is writing. */
const TELL_MS = 2500

type Audience = "everyone" | "staff"

export function Composer({ view }: { view: SessionView }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const { id } = view.session
  const [audience, setAudience] = useState<Audience>("everyone")
  const withOthers = view.participants.some((p) => p.role !== "customer" && p.id !== view.you && p.left_at == null)
  // What was meant for colleagues never turns to the customer by itself, also when the last colleague leaves.
  const left = useStore(drafts, (all) => !withOthers && audience === "staff" && Boolean(all[`${id} staff`]?.trim()))
  const to = withOthers || left ? audience : "everyone"
  const place = `${id} ${to}`
  const text = useStore(drafts, (all) => all[place] ?? "")
  const told = useRef(0)
  const box = useRef<HTMLTextAreaElement>(null)

  function write(next: string) {
    draft(place, next)
    if (!next || Date.now() - told.current < TELL_MS) return
    told.current = Date.now()
    engine.send({ type: "chat.typing", audience: to }, id).catch(() => {})
  }

  function send() {
    const message = text.trim()
    if (!message || left) return
    engine.outbox.post(id, message, to)
    draft(place, "")
    told.current = 0
    box.current?.focus()
  }

  function key(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  const name = model.customerName(view) || t("staff.nameless")
  return (
    <form
      className={to === "staff" ? "compose secret" : "compose"}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {left && (
        <p className="small muted" role="status">
          {t("staff.chat.left_alone")}
        </p>
      )}
      {(withOthers || left) && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("staff.chat.to")}
          value={audience}
          onChange={(next) => setAudience(next as Audience)}
          data={[
            { value: "everyone", label: t("staff.chat.to_everyone") },
            {
              value: "staff",
              label: (
                <span className="row tight centred">
                  <IconLock size={12} aria-hidden />
                  {t("staff.chat.to_staff")}
                </span>
              ),
            },
          ]}
        />
      )}
      <div className="row end">
        <Textarea
          ref={box}
          className="grow"
          aria-label={t("staff.chat.message")}
          placeholder={to === "staff" ? t("staff.chat.write_staff") : t("staff.chat.write", { name })}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={LONGEST}
          value={text}
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={key}
        />
        <Button type="submit" disabled={!text.trim() || left}>
          {t("staff.chat.send")}
        </Button>
      </div>
    </form>
  )
}
