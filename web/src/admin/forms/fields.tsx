import { MultiSelect, NativeSelect, NumberInput, Select, Switch, TextInput } from "@mantine/core"
import { createContext, type ReactNode, useContext, useId } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { type Option, useSay } from "../names"
import { at, withAt } from "../path"
import type { Item, Problem } from "../types"

interface Form {
  readonly item: Item
  readonly change: (item: Item) => void
  readonly problems: readonly Problem[]
  readonly readOnly: boolean
}

export const FormContext = createContext<Form | null>(null)

export function useForm<T extends Item = Item>(): Omit<Form, "item" | "change"> & {
  item: T
  change: (item: T) => void
} {
  const form = useContext(FormContext)
  if (!form) throw new Error("outside of a form")
  return form as unknown as Omit<Form, "item" | "change"> & { item: T; change: (item: T) => void }
}

/** Value at a path of the item, a way to change it, and what is wrong with it. */
export function useField<V>(path: string) {
  const { item, change, problems, readOnly } = useForm<Item>()
  const { problem } = useSay()
  const said = (severity: Problem["severity"]) =>
    problems.filter((one) => one.field === path && one.severity === severity).map(problem)
  const [errors, warnings] = [said("error"), said("warning")]
  return {
    value: at(item, path) as V,
    set: (value: V) => change(withAt(item, path, value)),
    error: errors.length ? errors.join(" ") : undefined,
    warning: warnings.length ? warnings.join(" ") : undefined,
    readOnly,
  }
}

/** What a field is about stands below it, so that fields of one row are in line. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "error", "description"]

interface Base {
  path: string
  label: string
  about?: ReactNode
}

export function TextField({ path, label, about, ...rest }: Base & { placeholder?: string; autoFocus?: boolean }) {
  const { value, set, error, warning } = useField<string>(path)
  return (
    <TextInput
      label={label}
      inputWrapperOrder={ORDER}
      description={told(about, warning)}
      value={value ?? ""}
      error={error}
      data-autofocus={rest.autoFocus}
      {...rest}
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}

interface NumberProps extends Base {
  min?: number
  max?: number
  unit?: string
  /** What an empty field means; without it, it must be filled in. */
  empty?: string
  /** The figure shown is so many times the one kept. */
  scale?: number
  decimals?: number
}

export function NumberField({ path, label, about, min = 0, max, unit, empty, scale = 1, decimals = 0 }: NumberProps) {
  const { value, set, error, warning } = useField<number | null | undefined>(path)
  const shown = typeof value === "number" ? Number((value * scale).toFixed(6)) : ""
  return (
    <NumberInput
      label={label}
      inputWrapperOrder={ORDER}
      description={told(about, warning)}
      value={shown}
      error={error}
      min={min}
      max={max}
      clampBehavior="blur"
      decimalScale={decimals}
      placeholder={empty}
      suffix={unit ? ` ${unit}` : undefined}
      onChange={(next) => set(typeof next === "number" ? next / scale : null)}
    />
  )
}

export function SwitchField({ path, label, about }: Base) {
  const { value, set, error, warning } = useField<boolean>(path)
  return (
    <Switch
      className={classes.switch}
      label={label}
      description={told(about, warning)}
      checked={value}
      error={error}
      onChange={(event) => set(event.currentTarget.checked)}
    />
  )
}

/** A choice of a few; `none` names the choice of nothing (kept as null). */
export function ChoiceField({ path, label, about, data, none }: Base & { data: readonly Option[]; none?: string }) {
  const { value, set, error, warning } = useField<string | null>(path)
  return (
    <NativeSelect
      label={label}
      inputWrapperOrder={ORDER}
      description={told(about, warning)}
      value={value ?? ""}
      error={error}
      data={[...(none === undefined ? [] : [{ value: "", label: none }]), ...data]}
      onChange={(event) => set(event.currentTarget.value || (none === undefined ? "" : null))}
    />
  )
}

/** One of very many, found by typing. */
export function SearchField({
  path,
  label,
  about,
  data,
  ...rest
}: Base & { data: readonly Option[]; placeholder?: string }) {
  const { t } = useTranslation()
  const { value, set, error, warning, readOnly } = useField<string>(path)
  return (
    <Select
      label={label}
      inputWrapperOrder={ORDER}
      description={told(about, warning)}
      value={value || null}
      error={error}
      data={[...data]}
      disabled={readOnly}
      searchable
      limit={50}
      nothingFoundMessage={t("admin.nothing_found")}
      {...rest}
      onChange={(next) => set(next ?? "")}
    />
  )
}

interface ManyProps extends Base {
  data: readonly Option[]
  placeholder?: string
  most?: number
}

export function ManyField({ path, label, about, data, placeholder, most }: ManyProps) {
  const { t } = useTranslation()
  const { value, set, error, warning, readOnly } = useField<string[]>(path)
  return (
    <MultiSelect
      label={label}
      inputWrapperOrder={ORDER}
      description={told(about, warning)}
      value={value}
      error={error}
      data={[...data]}
      disabled={readOnly}
      searchable
      hidePickedOptions
      limit={50}
      maxValues={most}
      placeholder={value.length ? undefined : placeholder}
      nothingFoundMessage={t("admin.nothing_found")}
      onChange={set}
    />
  )
}

/** What a field is about, and what is probably not meant. */
function told(about: ReactNode, warning: string | undefined): ReactNode {
  if (!warning) return about
  return (
    <>
      {about} <span className={classes.warning}>{warning}</span>
    </>
  )
}

/** Problems that no single field shows. */
export function Wrong({ problems }: { problems: readonly Problem[] }) {
  const { problem } = useSay()
  if (problems.length === 0) return null
  return (
    <div role="alert">
      {problems.map((one) => (
        <p key={`${one.field} ${one.code}`} className={one.severity === "error" ? classes.error : classes.warning}>
          {problem(one)}
        </p>
      ))}
    </div>
  )
}

/** Fields that belong together, under a heading. */
export function Part({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={classes.part} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {about && <p className={classes.about}>{about}</p>}
      <div className={classes.fields}>{children}</div>
    </section>
  )
}

/** Takes the whole width of a part. */
export function Wide({ children }: { children: ReactNode }) {
  return <div className={classes.wide}>{children}</div>
}
