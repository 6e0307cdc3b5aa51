import { Input, NativeSelect, NumberInput } from "@mantine/core"
import { useId } from "react"
import classes from "../admin.module.css"
import { useField } from "./fields"

interface Props {
  path: string
  label: string
  /** What it means when there is no figure, and when there is one. */
  nothing: string
  something: string
  /** The figure to begin with. */
  fresh: number
  unit: string
}

/** A figure that may be absent, said by words and not by an empty field: that one (kept as NaN) must be filled in. */
export function Optional({ path, label, nothing, something, fresh, unit }: Props) {
  const { value, set, error } = useField<number | null>(path)
  const id = useId()
  return (
    <Input.Wrapper label={label} labelProps={{ htmlFor: id }} error={error}>
      <div className={classes.optional}>
        <NativeSelect
          id={id}
          value={value === null ? "" : "some"}
          data={[
            { value: "some", label: something },
            { value: "", label: nothing },
          ]}
          onChange={(event) => set(event.currentTarget.value ? fresh : null)}
        />
        {value !== null && (
          <NumberInput
            aria-label={`${label}: ${something}`}
            value={Number.isNaN(value) ? "" : value}
            min={0}
            suffix={` ${unit}`}
            onChange={(next) => set(typeof next === "number" ? next : Number.NaN)}
          />
        )}
      </div>
    </Input.Wrapper>
  )
}
