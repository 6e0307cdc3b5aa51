import { Button } from "@mantine/core"
import { useEffect, useRef } from "react"
import { useTranslation } from "react-i18next"
import type { PageHost } from "../../data/pagehost"
import { useStore } from "../../data/store"
import "./page.css"

interface Props {
  host: PageHost
  /** Whose page it is. */
  name: string
}

/** The view of a customer's page. It stays the same element as long as it stands where it is. */
export function PageView({ host, name }: Props) {
  const { t } = useTranslation()
  const { frame, trouble } = useStore(host.store, ({ frame, trouble }) => ({ frame, trouble }))
  const element = useRef<HTMLIFrameElement>(null)
  useEffect(() => {
    host.begin()
    return () => host.end()
  }, [host])
  if (trouble) {
    return (
      <div className="page-trouble" role="alert">
        <h2>{t(`staff.page.trouble.${trouble}`, { name })}</h2>
        <p className="muted">{t(`staff.page.trouble.${trouble}_text`, { origin: host.origin })}</p>
        <Button onClick={() => host.again()}>{t("common.again")}</Button>
      </div>
    )
  }
  return (
    <iframe
      key={frame}
      ref={element}
      className="page-frame"
      src={host.address}
      title={t("staff.page.frame", { name })}
      sandbox="allow-scripts allow-same-origin"
      referrerPolicy="no-referrer"
      onLoad={() => host.loaded(element.current?.contentWindow ?? null)}
    />
  )
}
