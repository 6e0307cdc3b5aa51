import { CloseButton, Select, Slider } from "@mantine/core"
import { useId, useMemo, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { useOptions } from "../names"
import { MAX_LEVEL, type SkillLevel } from "../types"
import { useField, useForm, Wrong } from "./fields"

interface Props {
  path: string
  label: string
  about?: string
  /** What it means to have none. */
  none: string
}

/** Skills with a level each, from 1 to 10. */
export function Levels({ path, label, about, none }: Props) {
  const { t } = useTranslation()
  const { value, set, readOnly } = useField<SkillLevel[]>(path)
  const { problems } = useForm()
  const wrong = problems.filter(({ field }) => field === path || field.startsWith(`${path}.`))
  const ids = useMemo(() => value.map((one) => one.skill), [value])
  const options = useOptions("skill", ids)
  const [asked, setAsked] = useState<string | null>(null)
  const id = useId()
  const level = (skill: string, next: number) =>
    set(value.map((one) => (one.skill === skill ? { ...one, level: next } : one)))
  const chosen = new Set(value.map((one) => one.skill))
  const left = options.filter((one) => !chosen.has(one.value))
  return (
    <fieldset className={classes.levels} aria-describedby={id}>
      <legend>{label}</legend>
      {about && (
        <p id={id} className={classes.hint}>
          {about}
        </p>
      )}
      <Wrong problems={wrong} />
      {value.length === 0 && <p className={classes.hint}>{none}</p>}
      <ul>
        {value.map((one, index) => {
          const name = options.find((option) => option.value === one.skill)?.label ?? one.skill
          return (
            <li key={one.skill} className={classes.level}>
              <span className="cut">{name}</span>
              <Slider
                value={one.level}
                min={1}
                max={MAX_LEVEL}
                disabled={readOnly}
                label={null}
                thumbLabel={t("admin.form.level_of", { name })}
                onChange={(next) => level(one.skill, next)}
              />
              <b>{one.level}</b>
              {!readOnly && (
                <CloseButton
                  size="sm"
                  aria-label={t("admin.form.remove_named", { name })}
                  onClick={() => set(value.filter((_, at) => at !== index))}
                />
              )}
            </li>
          )
        })}
      </ul>
      {!readOnly && left.length > 0 && (
        <Select
          className={classes.adder}
          aria-label={t("admin.form.add_skill")}
          placeholder={t("admin.form.add_skill")}
          data={left}
          value={asked}
          searchable
          limit={50}
          nothingFoundMessage={t("admin.nothing_found")}
          onChange={(skill) => {
            setAsked(null)
            if (skill) set([...value, { skill, level: 5 }])
          }}
        />
      )}
    </fieldset>
  )
}
