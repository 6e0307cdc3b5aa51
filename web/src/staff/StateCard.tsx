import type { ReactNode } from "react"

/** A whole view's state: what is the matter, and the way out of it. */
export function StateCard({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <main className="state-page">
      <div className="card stack state-card">
        <h1>{title}</h1>
        {text && <p className="muted">{text}</p>}
        {children && <div className="row wrap">{children}</div>}
      </div>
    </main>
  )
}
