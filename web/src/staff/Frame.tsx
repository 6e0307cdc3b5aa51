import { MantineProvider } from "@mantine/core"
import { Notifications } from "@mantine/notifications"
import type { ReactNode } from "react"
import { theme, variables } from "./theme"

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ""

/** What every staff page stands in: theme, the policy's nonce for styles, and the place of short messages. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-center" autoClose={6000} limit={3} />
      {children}
    </MantineProvider>
  )
}
