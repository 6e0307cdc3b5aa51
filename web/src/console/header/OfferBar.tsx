import { Button } from "@mantine/core"
import { IconX } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { Offer } from "../../contract/messages"
import { countdown, openOffers } from "../../data/desk"
import { useNow } from "../../staff/clock"
import { running } from "../../staff/format"
import { useConsole, useDesk } from "../context"
import { useAccept } from "../keys"
import { MediumSign } from "../MediumSign"
import { useRoomWidth } from "../width"

/** A contact that is offered: a bar over nothing that is in use. It takes no focus. */
export function OfferBar() {
  const { t } = useTranslation()
  const engine = useConsole()
  useNow()
  const offers = useDesk((state) => openOffers(state.desk, engine.now()))
  const offer = offers[0]
  return (
    <>
      <p className="unseen" role="status">
        {offer ? t("staff.offer.told", { name: offer.customer, queue: offer.queue_name }) : ""}
      </p>
      {offer && <Bar offer={offer} more={offers.length - 1} />}
    </>
  )
}

function Bar({ offer, more }: { offer: Offer; more: number }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const accept = useAccept()
  const phone = useRoomWidth() === "phone"
  const now = engine.now()
  const how = offer.transferred_by
    ? t("staff.offer.transferred", { name: offer.transferred_by })
    : offer.direct
      ? t("staff.offer.direct")
      : ""
  const { seconds, part } = countdown(offer.made_at, offer.deadline, now)
  return (
    <section className="call-bar-top" aria-label={t("staff.offer.region", { name: offer.customer })}>
      <Ring seconds={seconds} part={part} />
      <MediumSign medium={offer.medium ?? "session"} />
      <p className="grow cut" title={offer.question}>
        <b>{offer.customer || t("staff.role.customer")}</b> · {offer.queue_name}
        {how && <b className="for-me"> · {how}</b>}{" "}
        <span className="muted">
          · {t("staff.offer.waited", { time: running(now - offer.arrived_at) })}
          {offer.question && ` · ${t("staff.quoted", { text: offer.question })}`}
        </span>
      </p>
      {more > 0 && <span className="pill">{t("staff.offer.more", { count: more })}</span>}
      <Button
        size="compact-md"
        variant="default"
        aria-label={t("staff.offer.not_now")}
        onClick={() => void engine.act({ type: "offer.reject", offer: offer.id })}
      >
        {phone ? <IconX size={16} /> : t("staff.offer.not_now")}
      </Button>
      <Button size="compact-md" onClick={() => accept(offer)} aria-keyshortcuts="Alt+A">
        {t("staff.offer.accept")}
        <kbd className="on-accent" aria-hidden>
          Alt A
        </kbd>
      </Button>
    </section>
  )
}

const AROUND = 2 * Math.PI * 12

function Ring({ seconds, part }: { seconds: number; part: number }) {
  return (
    <span className="ring" aria-hidden>
      <svg viewBox="0 0 28 28" width={28} height={28}>
        <title>{seconds}</title>
        <circle cx={14} cy={14} r={12} />
        <circle
          className="left-over"
          cx={14}
          cy={14}
          r={12}
          strokeDasharray={AROUND}
          strokeDashoffset={AROUND * (1 - part)}
        />
      </svg>
      <b>{seconds}</b>
    </span>
  )
}
