import {
  IconBrandWhatsapp,
  IconHeadset,
  IconMail,
  IconMessage,
  IconPhone,
  IconPhoneOutgoing,
} from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { Offer } from "../contract/messages"

export type Medium = NonNullable<Offer["medium"]>

const ICONS = {
  session: IconHeadset,
  voice: IconPhone,
  callback: IconPhoneOutgoing,
  chat: IconMessage,
  email: IconMail,
  message: IconBrandWhatsapp,
} as const satisfies Record<Medium, unknown>

/** What kind of contact it is, as a sign with its name. */
export function MediumSign({ medium, size = 16 }: { medium: Medium; size?: number }) {
  const { t } = useTranslation()
  const Icon = ICONS[medium]
  const name = t(`staff.medium.${medium}`)
  return (
    <span role="img" aria-label={name} title={name} className="medium">
      <Icon size={size} aria-hidden />
    </span>
  )
}
