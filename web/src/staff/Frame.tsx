import { MantineProvider, mergeThemeOverrides, Notification } from "@mantine/core"
import { Notifications } from "@mantine/notifications"
import { type ReactNode, useMemo } from "react"
import { useTranslation } from "react-i18next"
import { theme, variables } from "./theme"

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ""

/** What every staff page stands in: theme, the policy's nonce for styles, and the place of short messages. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const close = t("common.close")
  const named = useMemo(() => {
    const closeButtonProps = { "aria-label": close }
    return mergeThemeOverrides(theme, {
      components: { Notification: Notification.extend({ defaultProps: { closeButtonProps } }) },
    })
  }, [close])
  return (
    <MantineProvider
      theme={named}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-center" autoClose={6000} limit={3} />
      {children}
    </MantineProvider>
  )
}
