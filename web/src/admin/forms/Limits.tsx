import { NumberInput } from "@mantine/core"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { type AgentItem, MAX_CAPACITY, MEDIA, type Medium } from "../types"
import { useField, useForm, Wrong } from "./fields"

const SPOKEN: readonly Medium[] = ["voice", "callback"]

/** How many contacts of each medium at a time; an empty field says `usual`. */
export function Limits({ path, usual }: { path: string; usual: (medium: Medium) => string }) {
  const { t } = useTranslation()
  const { value, set } = useField<AgentItem["limits"]>(path)
  const { problems } = useForm()
  const wrong = problems.filter(({ field }) => field.startsWith(path))
  const change = (medium: Medium, next: number | string) => {
    const { [medium]: _, ...rest } = value
    set(typeof next === "number" ? { ...rest, [medium]: next } : rest)
  }
  return (
    <div className={classes.wide}>
      <div className={classes.limits}>
        {MEDIA.map((medium) => (
          <NumberInput
            key={medium}
            label={t(`admin.medium.${medium}`)}
            value={value[medium] ?? ""}
            placeholder={usual(medium)}
            min={0}
            max={SPOKEN.includes(medium) ? 1 : MAX_CAPACITY}
            allowDecimal={false}
            onChange={(next) => change(medium, next)}
          />
        ))}
      </div>
      <Wrong problems={wrong} />
    </div>
  )
}
