import { Tooltip } from "@mantine/core"
import { IconBell, IconBellRinging } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { indication, type Signal } from "../../data/figures"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { useConsole, useDesk } from "../context"

/** Ticks, as time alone can change the state. */
export function useIndication() {
  const engine = useConsole()
  useNow()
  return useDesk((state) => indication(state.desk?.waiting ?? [], state.desk?.rules ?? {}, engine.now()))
}

const CLASS: Record<Signal, string> = {
  off: "pill signal",
  on: "pill wait signal",
  slow: "pill wait signal",
  fast: "pill rec signal",
}

/** Who waits that this agent can handle: off, on, blinking slowly or fast. Where nothing may move, marks say it. */
export function Indicator() {
  const { t } = useTranslation()
  const engine = useConsole()
  const { signal, count, oldest } = useIndication()
  const wait = oldest === null ? "" : running(engine.now() - oldest)
  const name = t(`staff.signal.${signal}`, { count, wait })
  return (
    <>
      <Tooltip label={name}>
        <span className={CLASS[signal]} data-signal={signal} role="img" aria-label={name}>
          {signal === "off" ? <IconBell size={14} aria-hidden /> : <IconBellRinging size={14} aria-hidden />}
          <span aria-hidden className="signal-text">
            {count}
            {oldest !== null && <span className="signal-wait"> · {wait}</span>}
          </span>
          {(signal === "slow" || signal === "fast") && (
            <b className="signal-mark" aria-hidden>
              {signal === "slow" ? "!" : "!!"}
            </b>
          )}
        </span>
      </Tooltip>
      <p className="unseen" role="status">
        {signal === "slow" || signal === "fast" ? t(`staff.signal.told_${signal}`) : ""}
      </p>
    </>
  )
}
