import { Button, Progress, UnstyledButton } from "@mantine/core"
import {
  IconArrowDown,
  IconArrowUp,
  IconChevronDown,
  IconChevronUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconX,
} from "@tabler/icons-react"
import { useId, useState } from "react"
import { useTranslation } from "react-i18next"
import { shownName } from "../../../data/foldermodel"
import * as model from "../../../data/session"
import { useStore } from "../../../data/store"
import { isOver, knows, part, type Transfer, told } from "../../../data/transfer"
import { bytes, percent } from "../../../staff/format"
import { nativeOf } from "../../../wire/derive"
import { useConsole, useView } from "../../context"
import { chooseFor } from "./ConflictDialog"
import { reasonText } from "./reasons"
import "./transfers.css"

/** What is on its way from and to customers' folders, whatever else is in front. */
export function TransferStrip() {
  const { t, i18n } = useTranslation()
  const { transfers } = useConsole().folders
  const all = useStore(transfers.store, (state) => state)
  const [open, setOpen] = useState(false)
  const list = useId()
  if (all.length === 0) return null
  const { open: left, failed, part: share } = told(all)
  const clash = all.find((one) => one.state === "conflict")
  return (
    <section className="transfers" aria-label={t("staff.transfers.title")}>
      <div className="transfers-bar">
        <UnstyledButton
          className="transfers-fold"
          aria-expanded={open}
          aria-controls={list}
          onClick={() => setOpen(!open)}
        >
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronUp size={16} aria-hidden />}
          <span className="cut">
            {left > 0 && t("staff.transfers.open", { count: left })}
            {left === 0 && failed === 0 && t("staff.transfers.over")}
            {left > 0 && failed > 0 && " · "}
            {failed > 0 && <span className="problem">{t("staff.transfers.failed", { count: failed })}</span>}
          </span>
        </UnstyledButton>
        {left > 0 && (
          <>
            <Progress value={share * 100} size="sm" className="grow" aria-label={t("staff.transfers.title")} />
            <span className="small muted">{percent(share, i18n.language)}</span>
          </>
        )}
        <span className="unseen" role="status">
          {clash ? t("staff.transfers.clash") : left === 0 ? t("staff.transfers.over") : ""}
        </span>
        {clash && (
          <Button size="compact-sm" onClick={() => chooseFor(clash.batch)}>
            {t("staff.transfers.choose")}
          </Button>
        )}
        {left === 0 && (
          <Button size="compact-sm" variant="default" onClick={() => transfers.clear()}>
            {t("staff.transfers.clear")}
          </Button>
        )}
      </div>
      <ul id={list} hidden={!open}>
        {open && all.map((one) => <Row key={one.key} one={one} />)}
      </ul>
    </section>
  )
}

function Row({ one }: { one: Transfer }) {
  const { t, i18n } = useTranslation()
  const view = useView(one.session)
  const name = (view && model.customerName(view)) || t("staff.nameless")
  const what = shownName(one.name)
  const share = part(one)
  const Sign = one.kind === "download" ? IconArrowDown : IconArrowUp
  return (
    <li className="transfer">
      <Sign size={16} aria-label={t(`staff.transfers.${one.kind}`)} />
      <div className="transfer-what">
        <p className="cut" title={what}>
          <bdi>{what}</bdi> <span className="muted small">{name}</span>
        </p>
        {!isOver(one) && <Progress value={share * 100} size="xs" aria-label={t("staff.transfers.of", { what })} />}
        <p className={one.state === "failed" ? "small problem" : "small muted"}>
          {one.state === "failed" ? reasonText(t, one.reason, name) : says()}
        </p>
      </div>
      <Buttons one={one} what={what} />
    </li>
  )

  function says(): string {
    const state = t(
      `staff.transfers.state.${one.reason === "asking" || one.reason === "stopping" ? one.reason : stage()}`,
      { name },
    )
    const size = one.size === null ? "" : bytes(one.size, i18n.language)
    return [state, size, isOver(one) ? "" : percent(share, i18n.language)].filter(Boolean).join(" · ")
  }
  /** The words for a way depend on where it leads. */
  function stage(): string {
    const there = one.state === "moving" || one.state === "asked"
    if (there && view && nativeOf(view, one.giver) === null) return "waiting"
    if (one.state === "moving" || one.state === "asked" || one.state === "done") return `${one.state}_${one.kind}`
    return one.state
  }
}

function Buttons({ one, what }: { one: Transfer; what: string }) {
  const { t } = useTranslation()
  const { transfers } = useConsole().folders
  const buttons = [
    { name: "choose", on: one.state === "conflict", Sign: IconArrowUp, run: () => chooseFor(one.batch) },
    { name: "pause", on: knows(one.state, "pause"), Sign: IconPlayerPause, run: () => transfers.pause(one.key) },
    { name: "resume", on: one.state === "paused", Sign: IconPlayerPlay, run: () => transfers.again(one.key) },
    {
      name: "again",
      on: one.state === "failed" || one.state === "stopped",
      Sign: IconRefresh,
      run: () => transfers.again(one.key),
    },
    { name: "stop", on: !isOver(one), Sign: IconPlayerStop, run: () => transfers.stop(one.key) },
    { name: "forget", on: isOver(one), Sign: IconX, run: () => transfers.clear(one.key) },
  ].filter((each) => each.on)
  return (
    <div className="row tight">
      {buttons.map(({ name, Sign, run }) => (
        <UnstyledButton
          key={name}
          className="icon-button"
          aria-label={t(`staff.transfers.act.${name}`, { what })}
          title={t(`staff.transfers.act.${name}`, { what })}
          onClick={run}
        >
          <Sign size={16} />
        </UnstyledButton>
      ))}
    </div>
  )
}
