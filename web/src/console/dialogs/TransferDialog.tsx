import { Alert, Button, Modal, Skeleton, Tabs, Textarea, TextInput } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { type ReactNode, useCallback, useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { AgentTarget, QueueTarget, TransferTargets } from "../../contract/messages"
import { labelOf } from "../../data/desk"
import { useDraft } from "../../data/drafts"
import { customerName } from "../../data/session"
import { fetchTargets, type Target, transfer } from "../../data/targets"
import { running } from "../../staff/format"
import { Refused } from "../../wire/control"
import type { SessionView } from "../../wire/view"
import { useConsole, useDesk, useView } from "../context"
import { useRoomWidth } from "../width"
import { useDialog } from "./dialogs"
import "./dialogs.css"

const FRESH_MS = 4000

/** Give the customer on, to a queue or to another agent, and leave. */
export function TransferDialog({ session }: { session: string }) {
  const { t } = useTranslation()
  const { open, to, close } = useDialog()
  const view = useView(session)
  const phone = useRoomWidth() === "phone"
  return (
    <Modal
      opened={open === "transfer" && view !== undefined}
      onClose={close}
      title={t("staff.transfer.title")}
      size={480}
      fullScreen={phone}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {view && <Choice view={view} to={to} onDone={close} />}
    </Modal>
  )
}

/** Queues and agents, asked for again while the dialog is open: they change by the second. */
function useTargets(): { targets: TransferTargets | null; failed: boolean; again: () => void } {
  const [targets, setTargets] = useState<TransferTargets | null>(null)
  const [failed, setFailed] = useState(false)
  const ask = useCallback(
    (signal?: AbortSignal) =>
      void fetchTargets(signal).then(
        (found) => {
          setTargets(found)
          setFailed(false)
        },
        () => signal?.aborted || setFailed(true),
      ),
    [],
  )
  useEffect(() => {
    const stop = new AbortController()
    ask(stop.signal)
    const timer = setInterval(() => ask(stop.signal), FRESH_MS)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [ask])
  return { targets, failed, again: ask }
}

interface ChoiceProps {
  view: SessionView
  /** Chosen already: only to be confirmed. */
  to: Target | null
  onDone: () => void
}

function Choice({ view, to, onDone }: ChoiceProps) {
  const { t } = useTranslation()
  const engine = useConsole()
  const [chosen, setChosen] = useState(to)
  const [note, setNote] = useDraft(`${view.session.id} transfer`)
  const [refused, setRefused] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const give = async (to: Target) => {
    setBusy(true)
    setRefused(null)
    try {
      await engine.send(transfer(to, note), view.session.id)
      setNote("")
      onDone()
    } catch (cause) {
      setRefused(cause instanceof Refused ? cause.code : "server_error")
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <p className="muted">{t("staff.transfer.text", { name: customerName(view) || t("staff.nameless") })}</p>
      {refused && (
        <Alert color="stop" role="alert">
          {t(`staff.transfer.refused_${refused}`, {
            defaultValue: t(`common.error.${refused}`, { defaultValue: t("common.error.server_error") }),
          })}
        </Alert>
      )}
      <Textarea
        label={t("staff.transfer.note")}
        description={t("staff.transfer.note_hint")}
        autosize
        minRows={2}
        maxRows={5}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {chosen ? (
        <div className="row wrap">
          <Button disabled={busy} onClick={() => void give(chosen)}>
            {t("staff.transfer.give_to", { name: chosen.name })}
          </Button>
          <Button variant="default" onClick={() => setChosen(null)}>
            {t("staff.transfer.somebody_else")}
          </Button>
        </div>
      ) : (
        <Everybody busy={busy} onGive={give} />
      )}
    </div>
  )
}

function Everybody(giving: Giving) {
  const { t } = useTranslation()
  const { targets, failed, again } = useTargets()
  if (!targets && failed) {
    return (
      <p role="alert">
        {t("common.unreachable")}{" "}
        <Button size="compact-sm" variant="default" onClick={() => again()}>
          {t("common.again")}
        </Button>
      </p>
    )
  }
  if (!targets) return <Skeleton height={140} />
  return (
    <Tabs defaultValue="queue" keepMounted={false}>
      <Tabs.List grow>
        <Tabs.Tab value="queue">{t("staff.transfer.queues")}</Tabs.Tab>
        <Tabs.Tab value="agent">{t("staff.transfer.agents")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="queue">
        <Queues queues={targets.queues} {...giving} />
      </Tabs.Panel>
      <Tabs.Panel value="agent">
        <Agents agents={targets.agents} {...giving} />
      </Tabs.Panel>
    </Tabs>
  )
}

interface Giving {
  busy: boolean
  onGive: (to: Target) => void
}

function Row({ to, about, sign, busy, onGive }: Giving & { to: Target; about: ReactNode; sign?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <li className="person">
      {sign}
      <span className="grow">
        {to.name}
        <small>{about}</small>
      </span>
      <Button
        variant="default"
        disabled={busy}
        aria-label={t("staff.transfer.give_to", { name: to.name })}
        onClick={() => onGive(to)}
      >
        {t("staff.transfer.give")}
      </Button>
    </li>
  )
}

function Queues({ queues, ...giving }: Giving & { queues: readonly QueueTarget[] }) {
  const { t } = useTranslation()
  const about = (one: QueueTarget) =>
    [
      one.open === false ? t("staff.transfer.closed") : null,
      t("staff.transfer.waiting", { count: one.waiting }),
      one.expected_wait === null
        ? t("staff.transfer.wait_unknown")
        : t("staff.transfer.wait", { time: running(one.expected_wait) }),
      t("staff.transfer.ready", { count: one.ready }),
    ]
      .filter(Boolean)
      .join(" · ")
  return (
    <ul className="target-list">
      {queues.map((one) => (
        <Row key={one.id} to={{ kind: "queue", id: one.id, name: one.name }} about={about(one)} {...giving} />
      ))}
    </ul>
  )
}

const MOST_SHOWN = 50

/** Who is ready and has room stands first; the others only when asked for. */
function Agents({ agents, ...giving }: Giving & { agents: readonly AgentTarget[] }) {
  const { t, i18n } = useTranslation()
  const reasons = useDesk((state) => state.config?.reasons ?? [])
  const [text, setText] = useState("")
  const [all, setAll] = useState(false)
  const named = agents.filter((one) =>
    `${one.name} ${one.department}`.toLowerCase().includes(text.trim().toLowerCase()),
  )
  const free = named.filter((one) => one.state === "ready" && one.sessions < one.capacity)
  const shown = (all || text.trim() !== "" ? named : free).slice(0, MOST_SHOWN)
  const about = (one: AgentTarget) =>
    [
      labelOf(reasons, one.reason, i18n.language) ?? t(`staff.state.${one.state}`),
      t("staff.sessions.of", { count: one.sessions, capacity: one.capacity }),
      one.department,
    ]
      .filter(Boolean)
      .join(" · ")
  return (
    <>
      {agents.length > 8 && (
        <TextInput
          className="target-search"
          aria-label={t("staff.team.search")}
          placeholder={t("staff.team.search")}
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 && <p className="target-none muted">{t("staff.transfer.nobody")}</p>}
      <ul className="target-list">
        {shown.map((one) => (
          <Row
            key={one.user}
            to={{ kind: "agent", id: one.user, name: one.name }}
            sign={<span className={one.state === "ready" ? "dot live" : "dot hollow"} aria-hidden />}
            about={about(one)}
            {...giving}
          />
        ))}
      </ul>
      {!all && free.length < named.length && text.trim() === "" && (
        <Button variant="subtle" size="compact-md" onClick={() => setAll(true)}>
          {t("staff.transfer.others", { count: named.length - free.length })}
        </Button>
      )}
    </>
  )
}
