import { Checkbox, Code, MultiSelect, NativeSelect, TextInput } from "@mantine/core"
import { useTranslation } from "react-i18next"
import { LANGUAGE_NAMES, LANGUAGES } from "../../staff/i18n"
import { Part, Wide } from "../forms/fields"
import { Choices } from "./Choices"
import { Lines } from "./Lines"
import { useSitesState } from "./model"
import { type Capability, type Field, OFFERS, type SiteSettings, type Wrong, withOffer } from "./settings"

interface Props {
  site: { key: string; settings: SiteSettings }
  isNew: boolean
  wrong: readonly Wrong[]
  change: (part: Partial<SiteSettings>) => void
  rename: (key: string) => void
}

const PLACEHOLDERS: Partial<Record<Field, string>> = {
  origins: "https://shop.example",
  unmask: "#order [name=town]",
  mask: ".account-balance",
  risky: "#pay",
  asset_hosts: "cdn.shop.example",
}

/** All fields of a site. */
export function SiteForm(props: Props) {
  const { t } = useTranslation()
  return (
    <>
      <Basics {...props} />
      <Offers {...props} />
      <Part title={t("admin.sites.seen")} about={t("admin.sites.seen_about")}>
        <List {...props} field="unmask" />
        <List {...props} field="mask" />
        <List {...props} field="risky" />
      </Part>
      <Part title={t("admin.sites.kept")} about={t("admin.sites.kept_about")}>
        <List {...props} field="asset_hosts" />
        <List {...props} field="canaries" />
      </Part>
    </>
  )
}

function List({
  site,
  wrong,
  change,
  field,
}: Props & { field: "origins" | "unmask" | "mask" | "risky" | "asset_hosts" | "canaries" }) {
  const { t } = useTranslation()
  return (
    <Lines
      label={t(`admin.sites.field.${field}`)}
      about={t(`admin.sites.help.${field}`)}
      placeholder={PLACEHOLDERS[field]}
      value={site.settings[field]}
      wrong={wrong.filter((one) => one.field === field)}
      change={(lines) => change({ [field]: lines })}
    />
  )
}

function Basics(props: Props) {
  const { site, isNew, wrong, change, rename } = props
  const { t } = useTranslation()
  const queues = useSitesState((state) => state.queues)
  const skills = useSitesState((state) => state.skills)
  const { settings } = site
  const error = (field: Wrong["field"]) => {
    const found = wrong.find((one) => one.field === field)
    return found && t(`admin.sites.wrong.${found.code}`, { value: found.value })
  }
  const gone = queues.some(([id]) => id === settings.queue) ? [] : [settings.queue].filter(Boolean)
  const languages = [...new Set([...LANGUAGES, ...settings.languages])]
  return (
    <Part title={t("admin.form.what")}>
      <TextInput
        label={t("admin.sites.field.company")}
        value={settings.company}
        maxLength={80}
        error={error("company")}
        onChange={(event) => change({ company: event.currentTarget.value })}
      />
      {isNew && (
        <TextInput
          label={t("admin.sites.field.key")}
          description={t("admin.sites.help.key")}
          inputWrapperOrder={["label", "input", "error", "description"]}
          value={site.key}
          maxLength={64}
          error={error("key")}
          onChange={(event) => rename(event.currentTarget.value.trim())}
        />
      )}
      <NativeSelect
        label={t("admin.sites.field.queue")}
        value={settings.queue}
        error={error("queue")}
        data={[
          ...(settings.queue ? [] : [{ value: "", label: "" }]),
          ...queues.map(([value, label]) => ({ value, label })),
          ...gone.map((id) => ({ value: id, label: t("admin.gone", { name: id }) })),
        ]}
        onChange={(event) => change({ queue: event.currentTarget.value })}
      />
      <Choices
        label={t("admin.sites.field.queues")}
        about={t("admin.sites.help.queues")}
        value={settings.queues}
        error={error("queues")}
        known={queues.filter(([id]) => id !== settings.queue || settings.queues.includes(id))}
        change={(next) => change({ queues: next })}
      />
      <Choices
        label={t("admin.sites.field.skills")}
        about={t("admin.sites.help.skills")}
        value={settings.skills}
        error={error("skills")}
        known={skills}
        change={(next) => change({ skills: next })}
      />
      <MultiSelect
        label={t("admin.sites.field.languages")}
        value={settings.languages}
        error={error("languages")}
        data={languages.map((value) => ({ value, label: LANGUAGE_NAMES[value] ?? value }))}
        onChange={(next) => change({ languages: next })}
      />
      <TextInput
        type="color"
        label={t("admin.sites.field.accent")}
        value={settings.accent}
        onChange={(event) => change({ accent: event.currentTarget.value })}
      />
      <Wide>
        <List {...props} field="origins" />
      </Wide>
      {site.key && (
        <Wide>
          <p className="muted">{t("admin.sites.snippet")}</p>
          <Code
            block
            tabIndex={0}
          >{`<script src="${location.origin}/embed.js" data-site="${site.key}" defer></script>`}</Code>
        </Wide>
      )}
    </Part>
  )
}

function Offers({ site, wrong, change }: Props) {
  const { t } = useTranslation()
  const { capabilities } = site.settings
  const set = (one: Capability, on: boolean) => change({ capabilities: withOffer(capabilities, one, on) })
  return (
    <Part title={t("admin.sites.offers")} about={t("admin.sites.offers_about")}>
      <Checkbox.Group
        aria-label={t("admin.sites.offers")}
        value={capabilities}
        error={wrong.some(({ field }) => field === "capabilities") && t("admin.sites.wrong.control")}
      >
        <div className="stack">
          {OFFERS.map((one) => (
            <Checkbox
              key={one}
              value={one}
              label={t(`admin.sites.offer.${one}`)}
              onChange={(event) => set(one, event.currentTarget.checked)}
            />
          ))}
        </div>
      </Checkbox.Group>
    </Part>
  )
}
