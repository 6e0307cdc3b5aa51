import type { UserInfo } from "../../contract/messages"
import { UserMenu } from "./UserMenu"
import "./header.css"

/** What stands above every page of staff but the console: where one is, and the way out. */
export function PageHeader({ title, user }: { title?: string; user: UserInfo }) {
  return (
    <header className="header">
      <b className="brand">Deskside</b>
      {title && <h1 className="cut">{title}</h1>}
      <span className="grow" />
      <UserMenu user={user} />
    </header>
  )
}
