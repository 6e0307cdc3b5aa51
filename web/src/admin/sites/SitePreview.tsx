import { Button, TextInput, useComputedColorScheme } from "@mantine/core"
import { IconExternalLink } from "@tabler/icons-react"
import { useEffect, useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import { boot } from "../../data/boot"
import { useStore } from "../../data/store"
import { PageView } from "../../staff/page/PageView"
import { Part, Wide } from "../forms/fields"
import { Preview } from "./preview"
import { isOrigin, isSelector, type SiteSettings } from "./settings"
import classes from "./sites.module.css"

const PAUSE_MS = 400
const COLOR = { me: "#3155d6", customer: "#0f7b5f" }

/** A page of the company's as an agent would see it with what stands in the form now. */
export function SitePreview({ settings }: { settings: SiteSettings }) {
  const { t } = useTranslation()
  const view = boot().view
  const offered = settings.capabilities.includes("page_view")
  const why = !view ? "no_view" : !offered ? "not_offered" : !settings.origins.some(isOrigin) ? "no_origin" : null
  return (
    <Part title={t("admin.sites.preview")} about={t("admin.sites.preview_about")}>
      <Wide>
        {why || !view ? (
          <p className="muted">{t(`admin.sites.preview_off.${why}`)}</p>
        ) : (
          <Stage view={view} settings={settings} />
        )}
      </Wide>
    </Part>
  )
}

function Stage({ view, settings }: { view: string; settings: SiteSettings }) {
  const { t } = useTranslation()
  const preview = useMemo(() => new Preview(view), [view])
  const state = useStore(preview.state, (value) => value)
  const [address, setAddress] = useState(() => settings.origins.find(isOrigin) ?? "")
  const own = isOfSite(address, settings.origins)
  useEffect(() => () => preview.close(), [preview])
  useRules(preview, settings)
  useMode(preview, settings.company)
  return (
    <>
      <form
        className={classes.open}
        onSubmit={(event) => {
          event.preventDefault()
          if (own) preview.open(address)
        }}
      >
        <TextInput
          className="grow"
          type="url"
          label={t("admin.sites.address")}
          value={address}
          error={address && !own ? t("admin.sites.address_wrong") : undefined}
          onChange={(event) => setAddress(event.currentTarget.value.trim())}
        />
        <Button type="submit" disabled={!own} leftSection={<IconExternalLink size={16} aria-hidden />}>
          {t("admin.sites.open")}
        </Button>
        {(state === "shown" || state === "waiting" || state === "silent") && (
          <Button variant="default" onClick={() => preview.close()}>
            {t("admin.sites.end")}
          </Button>
        )}
      </form>
      <p className="muted" role="status">
        {t(`admin.sites.preview_state.${state}`)}
      </p>
      <div className={classes.view} data-shown={state === "shown" || undefined}>
        <PageView host={preview.view} name={settings.company} />
      </div>
    </>
  )
}

function isOfSite(address: string, origins: readonly string[]): boolean {
  try {
    return origins.includes(new URL(address).origin)
  } catch {
    return false
  }
}

/** What stands in the form, once it is not typed any more; a selector that is none yet is left out. */
function useRules(preview: Preview, { unmask, mask, risky, origins }: SiteSettings): void {
  const text = JSON.stringify({
    unmask: unmask.filter(isSelector),
    mask: mask.filter(isSelector),
    risky: risky.filter(isSelector),
    origins: origins.filter(isOrigin),
  })
  useEffect(() => {
    const timer = setTimeout(() => preview.rules(JSON.parse(text)), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [preview, text])
}

function useMode(preview: Preview, company: string): void {
  const { i18n } = useTranslation()
  const dark = useComputedColorScheme("light") === "dark"
  useEffect(() => {
    preview.mode({
      control: false,
      tool: "none",
      scale: "fit",
      language: i18n.language,
      dark,
      me: { id: "me", name: "", color: COLOR.me },
      customer: { id: "customer", name: company, color: COLOR.customer },
    })
  }, [preview, i18n.language, dark, company])
}
