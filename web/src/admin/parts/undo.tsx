import { Button } from "@mantine/core"
import { notifications } from "@mantine/notifications"
import { useCallback } from "react"
import { useTranslation } from "react-i18next"
import { codeOf } from "../api"
import { useAdmin } from "../model"

const LONG_ENOUGH_MS = 10_000

/** Says that a change was made, with a way back. */
export function useTellUndo(): (message: string, ...versions: number[]) => void {
  const { t } = useTranslation()
  const undo = useUndo()
  return useCallback(
    (message, ...versions) => {
      const id = `change-${versions.join("-")}`
      notifications.show({
        id,
        autoClose: LONG_ENOUGH_MS,
        message: (
          <span className="row">
            <span className="grow">{message}</span>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => {
                notifications.hide(id)
                void undo(...versions)
              }}
            >
              {t("admin.undo")}
            </Button>
          </span>
        ),
      })
    },
    [t, undo],
  )
}

/** Takes changes back and says whether that was possible. */
export function useUndo(): (...versions: number[]) => Promise<boolean> {
  const { t } = useTranslation()
  const admin = useAdmin()
  return useCallback(
    async (...versions) => {
      try {
        await admin.undo(...versions)
        notifications.show({ message: t("admin.undone") })
        return true
      } catch (error) {
        const code = codeOf(error)
        notifications.show({
          message:
            code === "conflict"
              ? t("admin.undo_late")
              : t(`common.error.${code}`, { defaultValue: t("common.error.server_error") }),
          color: "stop",
        })
        return false
      }
    },
    [admin, t],
  )
}
