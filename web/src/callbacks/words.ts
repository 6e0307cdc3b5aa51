import type { TFunction } from "i18next"
import type { CallbackInfo } from "../contract/messages"
import { stamp, there } from "../staff/zones"

/** What went wrong, in words of the callbacks where there are some. */
export function errorText(t: TFunction, { key, code }: { key: string | null; code: string }): string {
  if (key) return t(`callbacks.error.${key}`)
  return t(`common.error.${code}`, { defaultValue: t("common.error.server_error") })
}

/** Who is to be called, in one line. */
export function whoOf(t: TFunction, one: CallbackInfo): string {
  return one.name || one.number || one.email || t("callbacks.nameless")
}

/** A time on both clocks, one's own and the customer's; empty where they show the same. */
export function thereText(t: TFunction, at: number, zone: string, language: string): string {
  const time = there(at, zone, language)
  return time === null ? "" : t("callbacks.there", { own: stamp(at, language), time, zone: zone.replaceAll("_", " ") })
}
