import { Alert, Button, Skeleton, Tabs } from "@mantine/core"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import type { Console } from "../data/console"
import { useStore } from "../data/store"
import { EVERYBODY, type Filter } from "../data/supervise"
import { AgentSheet } from "./AgentSheet"
import { Agents } from "./Agents"
import { Alarms } from "./Alarms"
import { EngineContext, useSupervise } from "./context"
import { Queues } from "./Queues"
import { Waiting } from "./Waiting"
import "./supervise.css"

/** Queues and agents, live: what is the matter, and what can be done about it. */
export default function SuperviseApp({ engine }: { engine: Console }) {
  useEffect(() => {
    engine.supervise.watch()
    return () => engine.supervise.unwatch()
  }, [engine])
  const there = useStore(engine.supervise.store, (view) => view !== null)
  return (
    <EngineContext value={engine}>
      <main className="supervise">
        <Refusal engine={engine} />
        {there ? <Room /> : <Grey />}
      </main>
    </EngineContext>
  )
}

/** What is shown may be old, and why. */
function Refusal({ engine }: { engine: Console }) {
  const { t } = useTranslation()
  const code = useStore(engine.supervise.refused, (refused) => refused)
  if (!code) return null
  return (
    <Alert color="stop" role="alert" title={t("supervise.not_live")}>
      <p>
        {t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })} {t("supervise.asked_again")}
      </p>
      <Button mt="sm" size="compact-md" variant="default" onClick={() => engine.supervise.linked()}>
        {t("common.again")}
      </Button>
    </Alert>
  )
}

function Grey() {
  const { t } = useTranslation()
  return (
    <div className="stack" aria-busy>
      <p className="unseen" role="status">
        {t("common.loading")}
      </p>
      <Skeleton height={110} />
      <Skeleton height={280} />
    </div>
  )
}

type Part = "agents" | "waiting"

function Room() {
  const { t } = useTranslation()
  const [filter, setFilter] = useState<Filter>({ ...EVERYBODY, standing: "here" })
  const [part, setPart] = useState<Part>("agents")
  const [agent, setAgent] = useState<string | null>(null)
  const agents = useSupervise((view) => view.agents.size)
  const waiting = useSupervise((view) => view.waiting.size)
  const open = (queue: string | null, which: Part) => {
    setFilter({ ...filter, queue })
    setPart(which)
  }
  return (
    <>
      <Alarms />
      <Queues chosen={filter.queue} part={part} onOpen={open} />
      <Tabs value={part} onChange={(value) => setPart(value === "waiting" ? "waiting" : "agents")} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="agents">{t("supervise.agents", { count: agents })}</Tabs.Tab>
          <Tabs.Tab value="waiting">{t("supervise.waiting", { count: waiting })}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="agents">
          <Agents filter={filter} onFilter={setFilter} onOpen={setAgent} />
        </Tabs.Panel>
        <Tabs.Panel value="waiting">
          <Waiting queue={filter.queue} onQueue={(queue) => setFilter({ ...filter, queue })} />
        </Tabs.Panel>
      </Tabs>
      <AgentSheet agent={agent} onClose={() => setAgent(null)} />
    </>
  )
}
