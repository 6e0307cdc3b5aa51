import { Skeleton as Grey } from "@mantine/core"
import { useTranslation } from "react-i18next"
import "./layout.css"

const ROWS = ["a", "b", "c", "d"]

/** The console before anything is known: the same shape, grey. */
export function Skeleton() {
  const { t } = useTranslation()
  return (
    <div className="console" aria-busy="true">
      <p className="unseen" role="status">
        {t("common.loading")}
      </p>
      <div className="header">
        <b className="brand">Deskside</b>
        <Grey height={30} width={120} />
      </div>
      <div className="left skeleton">
        {ROWS.map((row) => (
          <Grey key={row} height={40} />
        ))}
      </div>
      <div className="centre skeleton">
        <Grey height={28} width="50%" />
        <Grey className="grow" />
      </div>
      <div className="right skeleton">
        {ROWS.map((row) => (
          <Grey key={row} height={28} />
        ))}
      </div>
    </div>
  )
}
