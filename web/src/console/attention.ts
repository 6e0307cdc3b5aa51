import { notifications } from "@mantine/notifications"
import { useEffect } from "react"
import { useTranslation } from "react-i18next"
import type { Console } from "../data/console"
import { labelOf, openOffers } from "../data/desk"
import { indication } from "../data/figures"
import { useNow } from "../staff/clock"
import { showSign, signOf } from "../staff/favicon"
import { settings } from "../staff/settings"
import { play } from "../staff/sounds"
import { useDesk } from "./context"
import { tellNotice } from "./notice"

/** Sounds, short messages and the flashing title, the sign of the tab: what calls the agent back to this tab. A component of its own, as
 * it ticks: what it stands in does not. */
export function Attention({ engine, title }: { engine: Console; title: string }): null {
  const { t, i18n } = useTranslation()
  const { language } = i18n
  const now = useNow()
  const { signal, count } = useDesk((state) =>
    indication(state.desk?.waiting ?? [], state.desk?.rules ?? {}, now / 1000 + state.offset),
  )
  const waits = signal === "slow" || signal === "fast" ? count : 0
  const offer = useDesk((state) => openOffers(state.desk, engine.now())[0]?.customer ?? null)
  const unread = useDesk((state) => Object.values(state.unread).reduce((sum, one) => sum + one, 0))

  useEffect(() => {
    engine.onHappening = (happening) => {
      const { offerSound, messageSound, leftSound } = settings.get()
      switch (happening.kind) {
        case "offer":
        case "invitation":
          if (offerSound) play("offer")
          break
        case "message": {
          const { front, reading } = engine.state.get()
          if (messageSound && (front !== happening.session || !reading || document.hidden)) play("message")
          break
        }
        case "left":
          if (leftSound) play("left")
          break
        case "taken":
          notifications.show({
            color: "yellow",
            autoClose: false,
            message: t("staff.sessions.taken", { name: happening.name || t("staff.nameless") }),
          })
          break
        case "unsent":
          notifications.show({
            color: "yellow",
            autoClose: false,
            message: t("staff.chat.unsent", { count: happening.count }),
          })
          break
        case "notice":
          tellNotice(
            happening.notice,
            (reason) => labelOf(engine.state.get().config?.reasons ?? [], reason, language),
            t,
          )
          break
        case "refused": {
          const { error, code } = happening.error
          const wait = "retry_after" in error ? error.retry_after : null
          const text = t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })
          notifications.show({
            color: "stop",
            message: wait ? `${text} ${t("common.error.wait", { count: Math.ceil(wait) })}` : text,
          })
        }
      }
    }
    return () => {
      engine.onHappening = () => {}
    }
  }, [engine, t, language])

  useEffect(() => {
    const calm = unread ? `(${unread}) ${title}` : title
    const plain = waits ? `${t("staff.signal.title", { count: waits })} · ${calm}` : calm
    document.title = plain
    if (!offer) return
    const loud = t("staff.offer.title", { name: offer })
    let on = true
    document.title = loud
    const timer = setInterval(() => {
      on = !on
      document.title = on ? loud : plain
    }, 1000)
    return () => {
      clearInterval(timer)
      document.title = plain
    }
  }, [offer, unread, waits, title, t])

  useEffect(() => {
    showSign(signOf(count, offer !== null))
    return () => showSign(signOf(0, false))
  }, [count, offer])

  useEffect(() => {
    const look = () => {
      if (!document.hidden) engine.reading(engine.state.get().reading)
    }
    document.addEventListener("visibilitychange", look)
    return () => document.removeEventListener("visibilitychange", look)
  }, [engine])
  return null
}
