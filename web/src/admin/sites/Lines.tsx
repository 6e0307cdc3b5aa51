import { Textarea } from "@mantine/core"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { equal } from "../merge"
import { linesOf, type Wrong } from "./settings"
import classes from "./sites.module.css"

interface Props {
  label: string
  about: string
  value: readonly string[]
  wrong: readonly Wrong[]
  placeholder?: string
  change: (lines: string[]) => void
}

const SHOWN = 3

/** A list, one entry a line; what is wrong is told as it is typed. */
export function Lines({ label, about, value, wrong, placeholder, change }: Props) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(() => value.join("\n"))
  // Spaces and empty lines stay as they are typed, until somebody else changes the list.
  const text = equal(linesOf(typed), value) ? typed : value.join("\n")
  const said = wrong.slice(0, SHOWN).map(({ code, line, value: entry }) => {
    const what = t(`admin.sites.wrong.${code}`, { value: entry })
    return line === undefined || value.length === 1 ? what : t("admin.sites.line", { line, what })
  })
  return (
    <Textarea
      className={classes.lines}
      label={label}
      description={about}
      inputWrapperOrder={["label", "input", "error", "description"]}
      autosize
      minRows={2}
      maxRows={12}
      spellCheck={false}
      placeholder={placeholder}
      value={text}
      error={said.length ? said.join(" ") : undefined}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        change(linesOf(event.currentTarget.value))
      }}
    />
  )
}
