import { Menu, UnstyledButton } from "@mantine/core"
import {
  IconAppWindow,
  IconChevronDown,
  IconClick,
  IconDeviceDesktop,
  IconEraser,
  IconHandClick,
  IconPencil,
  IconSquare,
} from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { DesktopChoose } from "../../../contract/messages"
import * as screens from "../../../data/screens"
import * as model from "../../../data/session"
import { useStore } from "../../../data/store"
import { controlOf, nativeOf, type Shown } from "../../../wire/derive"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import { NearTools } from "../NearTools"
import { ControlStrip, Copied, Trouble } from "./ControlStrip"
import { FromClipboard } from "./FromClipboard"
import { SpecialKeys } from "./SpecialKeys"
import { useLayer } from "./useLayer"
import "../page/scene.css"
import "./screen.css"

interface Props {
  view: SessionView
  shown: Shown
}

const SIGNS = {
  desktop_control: IconHandClick,
  desktop_control_stop: IconHandClick,
  application_control: IconHandClick,
  application_control_stop: IconHandClick,
  screen_pointer: IconClick,
  screen_highlight: IconSquare,
  screen_draw: IconPencil,
  screen_wipe: IconEraser,
}
const OF = { desktop: "application_control", application: "desktop_control" } as const

/** Over the picture of a desktop or an application: what it is, which part, how it goes, and the tools for it. */
export function ScreenBar({ view, shown }: Props) {
  const { t } = useTranslation()
  const { giver, picture } = shown
  const live = useConsole().screens.of(view.session.id, giver)
  const name = model.personOf(view, giver)?.name || t("staff.nameless")
  // Control of the other kind is for something that is not here.
  const signs = Object.fromEntries(Object.entries(SIGNS).filter(([key]) => !key.startsWith(OF[picture.kind])))
  const Sign = picture.kind === "desktop" ? IconDeviceDesktop : IconAppWindow
  return (
    <div className="screen-head">
      <ControlStrip view={view} shown={shown} />
      <div className="page-bar">
        <Sign size={18} aria-hidden />
        <div className="page-where">
          <span className="cut">{t(`staff.screen.${picture.kind}_of`, { name })}</span>
          <span className="cut muted small" title={picture.name}>
            {picture.name}
          </span>
        </div>
        <Monitors view={view} shown={shown} />
        <Mode view={view} shown={shown} />
        <NearTools view={view} name={name} label={t("staff.screen.tools")} signs={signs} />
        {!model.isOver(view) && controlOf(view, shown) && (
          <>
            <SpecialKeys live={live} platform={nativeOf(view, giver)?.platform ?? "linux"} />
            <FromClipboard view={view} shown={shown} name={name} />
          </>
        )}
        <Measured view={view} giver={giver} />
        <Who view={view} shown={shown} />
      </div>
      {picture.paused && (
        <p className="page-note" role="status">
          {t("staff.screen.paused", { name })}
        </p>
      )}
      <Trouble view={view} giver={giver} name={name} />
      <Copied view={view} giver={giver} name={name} />
    </div>
  )
}

function useChoose({ view, shown }: Props) {
  const engine = useConsole()
  return (choice: Pick<DesktopChoose, "monitor" | "mode">) =>
    void engine.act({ type: "desktop.choose", giver: shown.giver, ...choice }, view.session.id)
}

/** Which of several monitors. */
function Monitors(props: Props) {
  const { t } = useTranslation()
  const choose = useChoose(props)
  const { monitors = [], monitor } = props.shown.picture
  if (monitors.length < 2) return null
  const now = monitors.find((one) => one.id === monitor)
  const nameOf = (one: { id: string; name: string }) => (one.id === "all" ? t("staff.screen.all_monitors") : one.name)
  return (
    <Choice label={t("staff.screen.monitor")} now={now ? nameOf(now) : "–"}>
      <Menu.RadioGroup value={monitor ?? ""} onChange={(id: string) => choose({ monitor: id })}>
        {monitors.map((one) => (
          <Menu.RadioItem key={one.id} value={one.id} closeMenuOnClick>
            {nameOf(one)}{" "}
            <span className="muted small">
              {one.width} × {one.height}
            </span>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Choice>
  )
}

/** Best picture or fastest. */
function Mode(props: Props) {
  const { t } = useTranslation()
  const choose = useChoose(props)
  const mode = props.shown.picture.mode ?? "standard"
  return (
    <Choice label={t("staff.screen.mode")} now={t(`staff.screen.${mode}`)}>
      <Menu.RadioGroup value={mode} onChange={(to: string) => choose({ mode: to === "sampling" ? to : "standard" })}>
        {(["standard", "sampling"] as const).map((one) => (
          <Menu.RadioItem key={one} value={one} closeMenuOnClick>
            <span className="page-tab">
              <span>{t(`staff.screen.${one}`)}</span>
              <span className="muted small">{t(`staff.screen.${one}_text`)}</span>
            </span>
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </Choice>
  )
}

function Choice({ label, now, children }: { label: string; now: string; children: React.ReactNode }) {
  const layer = useLayer()
  return (
    <Menu position="bottom-end" width={280} portalProps={layer}>
      <Menu.Target>
        <UnstyledButton className="page-tool" aria-label={`${label}: ${now}`}>
          <span className="cut">{now}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className="tool-menu">
        <Menu.Label>{label}</Menu.Label>
        {children}
      </Menu.Dropdown>
    </Menu>
  )
}

/** How it goes, as the client there and the way to here measure it. */
function Measured({ view, giver }: { view: SessionView; giver: string }) {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const quality = useStore(engine.screens.of(view.session.id, giver).store, (state) => state.quality)
  if (!quality) return null
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 })
  const whole = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 })
  const mine = (model.presenceOf(view, view.you)?.round_trip_ms ?? 0) / 2
  return (
    <span className="muted small screen-quality" title={t("staff.screen.quality_hint")}>
      {t("staff.screen.quality", {
        rate: whole.format(quality.rate),
        delay: whole.format(quality.delay * 1000 + mine),
        bits: number.format(quality.bits / 1e6),
      })}
    </span>
  )
}

/** Others who see or control it. */
function Who({ view, shown }: Props) {
  const { t, i18n } = useTranslation()
  const { giver, picture } = shown
  const names = (people: readonly { name: string }[]) =>
    new Intl.ListFormat(i18n.language).format(people.map((one) => one.name))
  const controls = screens.others(view, giver, `${picture.kind}_control`)
  const sees = screens.others(view, giver, `${picture.kind}_view`).filter((one) => !controls.includes(one))
  if (controls.length + sees.length === 0) return null
  return (
    <p className="page-who small">
      {controls.length > 0 && (
        <span className="pill wait">
          {t("staff.screen.controls", { names: names(controls), count: controls.length })}
        </span>
      )}
      {sees.length > 0 && (
        <span className="pill">{t("staff.screen.sees", { names: names(sees), count: sees.length })}</span>
      )}
    </p>
  )
}
