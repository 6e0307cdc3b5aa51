import { MultiSelect } from "@mantine/core"
import { useTranslation } from "react-i18next"

interface Props {
  label: string
  about: string
  value: readonly string[]
  error: string | undefined
  /** What there is to choose from. */
  known: readonly (readonly [id: string, name: string])[]
  change: (next: string[]) => void
}

/** Some of what is configured; what was deleted since is still shown, and can be taken out. */
export function Choices({ label, about, value, error, known, change }: Props) {
  const { t } = useTranslation()
  const ids = new Set(known.map(([id]) => id))
  const gone = value.filter((id) => !ids.has(id))
  return (
    <MultiSelect
      label={label}
      description={about}
      inputWrapperOrder={["label", "input", "error", "description"]}
      searchable
      value={[...value]}
      error={error}
      data={[
        ...known.map(([value, label]) => ({ value, label })),
        ...gone.map((id) => ({ value: id, label: t("admin.gone", { name: id }) })),
      ]}
      onChange={change}
    />
  )
}
