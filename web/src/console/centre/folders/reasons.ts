import type { TFunction } from "i18next"

/** Why something in a folder was not done, and what to do: the client's words, else those for the server's. */
export function reasonText(t: TFunction, reason: string | null, name: string): string {
  const server = t(`common.error.${reason}`, { defaultValue: t("common.error.server_error") })
  return t(`staff.folders.reason.${reason}`, { name, defaultValue: server })
}
