import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import type { TFunction } from "i18next"
import type { ClientBody } from "../contract/messages"
import type { Console } from "../data/console"
import { Refused } from "../wire/control"

/** Do it, say it, and offer to take it back; a refusal is said instead, in words of its own where `refusals` has some
 * for its code. True when it was done. */
export async function doAndOfferUndo(
  engine: Console,
  t: TFunction,
  act: ClientBody,
  said: string,
  undo: ClientBody | null,
  refusals: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  try {
    await engine.send(act)
  } catch (cause) {
    const code = cause instanceof Refused ? cause.code : "server_error"
    notifications.show({
      color: "stop",
      message:
        refusals[code] ??
        t(`supervise.refused_${code}`, {
          of: cause instanceof Refused && "field" in cause.error ? cause.error.field : "",
          defaultValue: t(`common.error.${code}`, { defaultValue: t("common.error.server_error") }),
        }),
    })
    return false
  }
  const id = notifications.show({
    color: "accent",
    autoClose: 10_000,
    message: (
      <span className="row wrap">
        <span className="grow">{said}</span>
        {undo && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              notifications.hide(id)
              void doAndOfferUndo(engine, t, undo, t("supervise.undone"), null)
            }}
          >
            {t("supervise.undo")}
          </Button>
        )}
      </span>
    ),
  })
  return true
}
