import type { LoginRequest, UserInfo } from "../contract/messages"
import { Refused } from "../wire/control"
import { claimTab, forgetAll } from "./drafts"
import { request } from "./http"

/** Before anything of the tab is shown to whoever this is. */
function entered(user: UserInfo): UserInfo {
  claimTab(user.id)
  return user
}

export const login = (body: LoginRequest) => request<UserInfo>("POST", "/login", body).then(entered)
export const logout = () => request<unknown>("POST", "/logout", {}).then(forgetAll)

/** Sign out and go to the sign-in page; `failed` when the server did not hear it, so that nobody leaves believing it. */
export async function leave(failed: (code: string) => void): Promise<void> {
  try {
    await logout()
    location.assign("/login")
  } catch (cause) {
    const code = cause instanceof Refused ? cause.code : "server_error"
    // Nobody is signed in any more: that is what was wanted.
    if (code === "not_signed_in") {
      forgetAll()
      location.assign("/login")
    } else failed(code)
  }
}

export const whoAmI = () => request<UserInfo>("GET", "/me").then(entered)

export type StaffApp = "console" | "supervise" | "admin" | "audit" | "outbox"

/** Pages that the menu leads to. */
export const PLACES = ["console", "supervise", "admin", "audit"] as const

const NEEDS: Record<Exclude<StaffApp, "outbox">, readonly string[]> = {
  console: ["session.agent"],
  supervise: ["agents.supervise"],
  admin: ["users.manage", "sites.manage", "queues.manage", "queues.read"],
  audit: ["recordings.replay"],
}

export function mayOpen(app: StaffApp, user: Pick<UserInfo, "permissions">): boolean {
  // The server alone knows whether there is an outbox.
  if (app === "outbox") return true
  return NEEDS[app].some((permission) => user.permissions.includes(permission))
}

/** Where somebody lands after signing in without having asked for a page. Who may do nearly everything administers. */
export function homeOf(user: Pick<UserInfo, "permissions">): StaffApp {
  const administers = user.permissions.some((one) => one.endsWith(".manage"))
  const order = [...(administers ? (["admin"] as const) : []), "console", "audit", "supervise", "admin"] as const
  return order.find((app) => mayOpen(app, user)) ?? "console"
}

/** The page asked for before signing in, when it is one of ours; anything else is no place to send people. */
export function safeReturn(path: string | null): StaffApp | null {
  const match = /^\/(console|supervise|admin|audit|outbox)(?:$|[/?])/.exec(path ?? "")
  return (match?.[1] as StaffApp | undefined) ?? null
}
