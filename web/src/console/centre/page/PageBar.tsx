import { Menu, UnstyledButton } from "@mantine/core"
import {
  IconBrowser,
  IconChevronDown,
  IconClick,
  IconEraser,
  IconHandClick,
  IconPencil,
  IconSquare,
} from "@tabler/icons-react"
import { type ComponentType, useState } from "react"
import { useTranslation } from "react-i18next"
import type { PageTab } from "../../../contract/messages"
import * as model from "../../../data/pagemodel"
import type { LivePage } from "../../../data/pages"
import { useStore } from "../../../data/store"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import { NearTools } from "../NearTools"
import { Answer } from "./Answer"

interface Props {
  view: SessionView
  page: LivePage
  name: string
}

/** Over the page: where the customer is, which of the tabs, the tools, and who else looks. */
export function PageBar({ view, page, name }: Props) {
  const { t } = useTranslation()
  const shown = useStore(page.store, (state) => state.shown)
  const tab = view.page?.tabs.find((one) => one.shown)
  const title = (shown?.shown && shown.title) || tab?.title || ""
  const address = (shown?.shown && shown.address) || tab?.address || ""
  return (
    <div className="page-bar">
      <div className="page-where">
        <span className="cut" title={title}>
          {title || t("staff.page.of", { name })}
        </span>
        <span className="cut muted small" title={address}>
          {address}
        </span>
      </div>
      <Tabs view={view} name={name} />
      <NearTools view={view} name={name} label={t("staff.page.tools")} signs={SIGNS} leave="page_control" />
      <Who view={view} />
      <Answer page={page} name={name} />
    </div>
  )
}

const SIGNS: Readonly<Record<string, ComponentType<{ size?: number }>>> = {
  page_control: IconHandClick,
  page_control_stop: IconHandClick,
  page_pointer: IconClick,
  page_highlight: IconSquare,
  page_draw: IconPencil,
  page_wipe: IconEraser,
}

/** No tab is chosen. */
const FOLLOW = ""

/** The customer's tabs; without a choice the one that the customer uses is shown. */
function Tabs({ view, name }: { view: SessionView; name: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const tabs = view.page?.tabs ?? []
  const chosen = view.page?.chosen ?? false
  const [opened, setOpened] = useState(false)
  // A tab that goes from page to page is away for a moment: the list stays under the hand of who chooses.
  if (tabs.length < 2 && !chosen && !opened) return null
  const choose = (tab: string) => {
    setOpened(false)
    void engine.act({ type: "page.choose", tab: tab || null }, view.session.id)
  }
  const value = (chosen && tabs.find((tab) => tab.shown)?.id) || FOLLOW
  return (
    <Menu position="bottom-end" width={320} opened={opened} onChange={setOpened}>
      <Menu.Target>
        <UnstyledButton className="page-tool" aria-label={t("staff.page.tabs", { name, count: tabs.length })}>
          <IconBrowser size={18} aria-hidden />
          <span>{tabs.length}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="tool-menu">
        <Menu.RadioGroup value={value} onChange={choose}>
          <Menu.RadioItem value={FOLLOW}>{t("staff.page.follow", { name })}</Menu.RadioItem>
          {tabs.map((tab) => (
            <Menu.RadioItem key={tab.id} value={tab.id}>
              <TabName tab={tab} />
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

function TabName({ tab }: { tab: PageTab }) {
  const { t } = useTranslation()
  return (
    <span className="page-tab">
      <span className="cut">{tab.title || tab.address}</span>
      <span className="cut muted small">
        {tab.active ? `${t("staff.page.in_use")} · ` : ""}
        {tab.address}
      </span>
    </span>
  )
}

/** Colleagues who see the page, and who acts there. */
function Who({ view }: { view: SessionView }) {
  const { t, i18n } = useTranslation()
  const names = (people: readonly { name: string }[]) =>
    new Intl.ListFormat(i18n.language).format(people.map((one) => one.name))
  const controls = model.others(view, "page_control")
  const sees = model.others(view, "page_view").filter((one) => !controls.includes(one))
  if (controls.length + sees.length === 0) return null
  return (
    <p className="page-who small">
      {controls.length > 0 && (
        <span className="pill wait">
          {t("staff.page.controls", { names: names(controls), count: controls.length })}
        </span>
      )}
      {sees.length > 0 && (
        <span className="pill">{t("staff.page.sees", { names: names(sees), count: sees.length })}</span>
      )}
    </p>
  )
}
