import { Button } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { useConsole, useDesk, useMedia } from "../context"

/** What keeps sound or pictures from working, each with the way out of it. */
export function Troubles({ session }: { session: string }) {
  const { t } = useTranslation()
  const { media } = useConsole()
  const problem = useMedia((state) => state.problem)
  const silenced = useMedia((state) => state.silenced)
  const again = useMedia((state) => state.shareAgain.includes(session))
  const mine = useDesk((state) => state.desk?.sessions.includes(session) ?? false)
  return (
    <>
      {silenced && (
        <div className="banner" role="alert">
          <span className="grow">{t("staff.trouble.silenced")}</span>
          <Button size="compact-md" onClick={() => media.hear()}>
            {t("staff.trouble.hear")}
          </Button>
        </div>
      )}
      {again && mine && (
        <div className="banner" role="status">
          <span className="grow">{t("staff.trouble.share_stopped")}</span>
          <Button size="compact-md" onClick={() => void media.share(session)}>
            {t("staff.trouble.share_again")}
          </Button>
          <Button size="compact-md" variant="default" onClick={() => media.forgetShare(session)}>
            {t("staff.trouble.no")}
          </Button>
        </div>
      )}
      {problem && (
        <div className="banner" role="alert">
          <span className="grow">{t(`staff.trouble.${problem.device}_${problem.kind}`)}</span>
          {problem.device !== "screen" && (
            <Button
              size="compact-md"
              onClick={() => {
                media.forgive()
                if (problem.device === "mic") media.setMic(session, true)
                else media.setCamera(session, true)
              }}
            >
              {t("common.again")}
            </Button>
          )}
          <Button size="compact-md" variant="default" onClick={() => media.forgive()}>
            {t("common.close")}
          </Button>
        </div>
      )}
    </>
  )
}
