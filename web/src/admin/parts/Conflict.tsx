import { Button, Radio } from "@mantine/core"
import { useEffect, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import classes from "../admin.module.css"
import { compare, type Side } from "../merge"
import { type Draft, useAdmin } from "../model"
import { useTellValue } from "../values"

/** Somebody saved the same item meanwhile: what they changed, and whose word counts where both did. */
export function Conflict({ draft }: { draft: Draft }) {
  const { t } = useTranslation()
  const admin = useAdmin()
  const tell = useTellValue()
  const [choice, setChoice] = useState<Readonly<Record<string, Side>>>({})
  const theirs = draft.theirs?.item ?? null
  const at = useRef<HTMLElement>(null)
  // It stands above a form that may be scrolled far down.
  useEffect(() => {
    at.current?.scrollIntoView({ block: "start" })
    at.current?.focus({ preventScroll: true })
  }, [])
  if (theirs === null) {
    return (
      <section ref={at} tabIndex={-1} className={classes.conflict} role="alert">
        <h3>{t("admin.conflict.removed")}</h3>
        <p>{t("admin.conflict.removed_text")}</p>
        <div className="row wrap">
          <Button variant="default" onClick={() => admin.discard(draft.kind, draft.id)}>
            {t("admin.conflict.let_go")}
          </Button>
          <Button onClick={() => admin.settle(draft, {})}>{t("admin.conflict.restore")}</Button>
        </div>
      </section>
    )
  }
  const { taken, clashes } = compare(draft.base, draft.item, theirs)
  return (
    <section ref={at} tabIndex={-1} className={classes.conflict} role="alert" aria-labelledby="admin-conflict">
      <h3 id="admin-conflict">{t("admin.conflict.title")}</h3>
      {taken.length > 0 && (
        <p>
          {t("admin.conflict.taken", {
            fields: taken.map((field) => t(`admin.field.${field}`, { defaultValue: field })).join(", "),
          })}
        </p>
      )}
      {clashes.map(({ field, mine, theirs: other }) => (
        <Radio.Group
          key={field}
          label={t(`admin.field.${field}`, { defaultValue: field })}
          value={choice[field] ?? "mine"}
          onChange={(side) => setChoice({ ...choice, [field]: side as Side })}
        >
          <div className={classes.sides}>
            <Radio value="mine" label={t("admin.conflict.mine", { value: tell(field, mine) })} />
            <Radio value="theirs" label={t("admin.conflict.theirs", { value: tell(field, other) })} />
          </div>
        </Radio.Group>
      ))}
      <div className="row wrap">
        <Button variant="default" onClick={() => admin.discard(draft.kind, draft.id)}>
          {t("admin.conflict.take_all")}
        </Button>
        <Button onClick={() => admin.settle(draft, choice)}>{t("admin.conflict.go_on")}</Button>
      </div>
    </section>
  )
}
