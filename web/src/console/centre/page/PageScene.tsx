import { Button, useComputedColorScheme } from "@mantine/core"
import { useEffect, useMemo, useRef } from "react"
import { useTranslation } from "react-i18next"
import * as model from "../../../data/pagemodel"
import type { LivePage } from "../../../data/pages"
import { customerName } from "../../../data/session"
import { useStore } from "../../../data/store"
import { PageView } from "../../../staff/page/PageView"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import { PageBar } from "./PageBar"
import "./scene.css"

interface Props {
  view: SessionView
  page: LivePage
  /** Not in front: it goes on behind. */
  front: boolean
  fit: boolean
}

/** The customer's page, what can be done on it, and who else sees it. */
export function PageScene({ view, page, front, fit }: Props) {
  const { t } = useTranslation()
  const name = customerName(view) || t("staff.nameless")
  const scene = useRef<HTMLDivElement>(null)
  const controls = model.standing(view, "page_control") === "granted"
  const paused = view.page?.paused ?? false
  useMode(view, page, controls, fit)
  useEffect(() => page.setPaused(paused), [page, paused])
  useEffect(() => {
    page.onLeave = () => scene.current?.querySelector<HTMLElement>("[data-leave]")?.focus()
    return () => page.end()
  }, [page])
  return (
    <div
      ref={scene}
      className="page-scene"
      data-behind={front ? undefined : true}
      data-control={controls || undefined}
      inert={!front}
    >
      {controls && <ControlStrip view={view} name={name} />}
      <PageBar view={view} page={page} name={name} />
      <Trouble view={view} page={page} name={name} />
      <PageView host={page.host} name={name} />
    </div>
  )
}

function useMode(view: SessionView, page: LivePage, control: boolean, fit: boolean): void {
  const { i18n } = useTranslation()
  const dark = useComputedColorScheme("light") === "dark"
  const { participants, you, session } = view
  // Chat and grants change the view all the time; the mode only when who is there does.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the view only these matter
  const people = useMemo(
    () => ({ me: model.me(view), customer: model.customer(view), colleagues: model.colleagues(view) }),
    [participants, you, session.customer_name],
  )
  useEffect(() => {
    const { me, customer, colleagues } = people
    const scale = fit ? "fit" : "full"
    page.setMode({ control, scale, language: i18n.language, dark, me, customer }, colleagues)
  }, [page, people, control, fit, dark, i18n.language])
}

function ControlStrip({ view, name }: { view: SessionView; name: string }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const grant = model.heldGrant(view, "page_control")
  return (
    <div className="page-control" role="status">
      <span className="grow">{t("staff.page.controlling", { name })}</span>
      <Button
        size="compact-md"
        variant="default"
        onClick={() => grant && void engine.act({ type: "grant.cancel", grant }, view.session.id)}
      >
        {t("staff.page.stop")}
      </Button>
    </div>
  )
}

/** What keeps the page from being told on, each with what happens next. */
function Trouble({ view, page, name }: { view: SessionView; page: LivePage; name: string }) {
  const { t } = useTranslation()
  const link = useStore(page.store, (state) => state.link)
  const why = model.whyNotTold(view, link)
  if (!why) return null
  return (
    <div className="page-note" role="status">
      <span className="grow">{t(`staff.page.${why}`, { name })}</span>
      {why === "refused" && (
        <Button size="compact-md" variant="default" onClick={() => page.linked()}>
          {t("common.again")}
        </Button>
      )}
    </div>
  )
}
