import { Tabs } from "@mantine/core"
import type { ReactNode } from "react"
import { useEffect } from "react"
import { useTranslation } from "react-i18next"
import { listed } from "../../data/files"
import { useStore } from "../../data/store"
import { shared } from "../../wire/derive"
import { useConsole, useDesk, useView } from "../context"
import { Chat } from "./Chat"
import { Customer } from "./Customer"
import { Files } from "./Files"
import { Notes } from "./Notes"
import { openTab, useTab } from "./tab"
import "./right.css"

interface Props {
  session: string
  /** Where there is no room beside it, the stage is the first tab. */
  stage?: ReactNode
  /** There is room: the stage stands here without tabs, in the same elements, since a page that is shown would load
   * anew in others. */
  alone?: boolean
}

export function Panel({ session, stage, alone = false }: Props) {
  const { t } = useTranslation()
  const engine = useConsole()
  const view = useView(session)
  const wanted = useTab()
  const uploads = useStore(engine.uploads.store, (all) => all.filter((one) => one.session === session))
  const unread = useDesk((state) => state.unread[session] ?? 0)
  const front = useDesk((state) => state.front === session)
  const tab = alone ? "stage" : stage ? (wanted ?? "stage") : wanted === null || wanted === "stage" ? "chat" : wanted
  useEffect(() => {
    if (front && !alone) engine.reading(tab === "chat")
  }, [engine, front, alone, tab])
  if (!view) return null
  const files = listed(shared(view), uploads).length + uploads.length
  const region = alone
    ? { className: "alone" }
    : { role: "complementary", className: stage ? "panel" : "right", "aria-label": t("staff.panel.region") }
  return (
    <div {...region}>
      <Tabs
        value={tab}
        onChange={(next) => openTab(next ?? "chat")}
        className={alone ? "alone" : "tabs"}
        keepMounted={false}
      >
        {!alone && (
          <Tabs.List>
            {stage && <Tabs.Tab value="stage">{t("staff.stage.tab")}</Tabs.Tab>}
            <Tabs.Tab value="chat" rightSection={unread > 0 ? <span className="badge">{unread}</span> : null}>
              {t("staff.panel.chat")}
            </Tabs.Tab>
            <Tabs.Tab value="notes">{t("staff.panel.notes")}</Tabs.Tab>
            <Tabs.Tab value="files" rightSection={files > 0 ? <span className="count">{files}</span> : null}>
              {t("staff.panel.files")}
            </Tabs.Tab>
            <Tabs.Tab value="customer">{t("staff.panel.customer")}</Tabs.Tab>
          </Tabs.List>
        )}
        {stage && (
          <div className={alone ? "alone" : "tab-panel"} role={alone ? undefined : "tabpanel"} hidden={tab !== "stage"}>
            {stage}
          </div>
        )}
        {!alone && (
          <>
            <Tabs.Panel value="chat" className="tab-panel">
              <Chat view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="notes" className="tab-panel">
              <Notes view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="files" className="tab-panel">
              <Files view={view} />
            </Tabs.Panel>
            <Tabs.Panel value="customer" className="tab-panel">
              <Customer view={view} />
            </Tabs.Panel>
          </>
        )}
      </Tabs>
    </div>
  )
}
