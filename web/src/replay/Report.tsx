import { type ReactNode, useMemo } from "react"
import { useTranslation } from "react-i18next"
import type { ConsentRow, SessionDetail } from "../contract/messages"
import shared from "./audit.module.css"
import { Facts } from "./Facts"
import { bytes, exactTime, length } from "./format"
import classes from "./report.module.css"
import { capabilityName, sentence } from "./sentence"

/** Every section of the detail report. A section without content says so: an empty page proves nothing. */
export function Report({ detail }: { detail: SessionDetail }) {
  const { t, i18n } = useTranslation()
  const names = useMemo(() => new Map(detail.participants.map((p) => [p.id, p.name])), [detail])
  const name = (id: string) => names.get(id) ?? id
  const when = (time: number | null | undefined) => (time ? exactTime(time, i18n.language) : "")
  const control = detail.consents.filter((row) => row.capability.endsWith("_control"))
  const consents = detail.consents.filter((row) => !row.capability.endsWith("_control"))
  const consentRow = (c: ConsentRow) => [
    capabilityName(t, c.capability),
    name(c.giver),
    name(c.holder),
    `${t(`audit.grant_state.${c.state}`, { defaultValue: c.state })} (${t(`audit.basis.${c.basis}`, { defaultValue: c.basis })})`,
    when(c.asked_at),
    when(c.decided_at),
    when(c.ended_at),
  ]
  const consentHead = ["capability", "giver", "holder", "state", "asked", "decided", "ended"].map((key) =>
    t(`audit.detail.${key}`),
  )
  return (
    <div className={classes.report}>
      <Facts detail={detail} />
      <Section title={t("audit.detail.people")}>
        <Rows
          head={[t("audit.detail.name"), t("audit.detail.role"), t("audit.detail.joined"), t("audit.detail.left")]}
          rows={detail.participants.map((p) => [p.name, t(`audit.role.${p.role}`), when(p.joined_at), when(p.left_at)])}
        />
      </Section>
      <Section title={t("audit.detail.said")}>
        <Rows
          head={[t("audit.detail.name"), t("audit.detail.text")]}
          rows={Object.entries(detail.session.attributes ?? {}).map((row) =>
            // Nothing in it changes the direction of what stands around it.
            row.map((text, at) => <bdi key={at === 0 ? "name" : "value"}>{text}</bdi>),
          )}
        />
      </Section>
      <Section title={t("audit.detail.media")}>
        <Rows
          head={[t("audit.detail.stream"), t("audit.detail.recorded_for")]}
          rows={Object.entries(detail.streams).map(([label, seconds]) => [
            t(`audit.label.${label}`, { defaultValue: label }),
            length(seconds, i18n.language),
          ])}
        />
      </Section>
      <Section title={t("audit.detail.consents")}>
        <Rows head={consentHead} rows={consents.map(consentRow)} />
      </Section>
      <Section title={t("audit.detail.control")}>
        <Rows head={consentHead} rows={control.map(consentRow)} />
      </Section>
      <Section title={t("audit.detail.files")}>
        <Rows
          head={[
            t("audit.detail.name"),
            t("audit.detail.size"),
            t("audit.detail.sender"),
            t("audit.detail.state"),
            "SHA-256",
          ]}
          rows={detail.files.map((f) => [
            f.url ? (
              <a key="name" href={f.url} download>
                {f.name}
              </a>
            ) : (
              f.name
            ),
            bytes(f.size, i18n.language),
            name(f.sender),
            t(`audit.file_state.${f.state}`, { defaultValue: f.state }),
            f.sha256 ?? "",
          ])}
        />
      </Section>
      <Section title={t("audit.detail.notes")}>
        {detail.note?.text ? (
          <>
            <p className={classes.note}>{detail.note.text}</p>
            <p className={shared.muted}>
              {t("audit.detail.saved", { by: name(detail.note.saved_by), when: when(detail.note.saved_at) })}
            </p>
          </>
        ) : (
          <Nothing />
        )}
      </Section>
      <Section title={t("audit.replay.log")}>
        <Rows
          head={[t("audit.list.when"), t("audit.detail.who"), t("audit.detail.what")]}
          rows={detail.lines.map((l) => [
            when(l.at),
            l.by_name || t("audit.system"),
            l.audience === "staff" ? `${sentence(t, l)} (${t("audit.staff_only")})` : sentence(t, l),
          ])}
        />
      </Section>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Nothing() {
  const { t } = useTranslation()
  return <p className={shared.muted}>{t("audit.detail.nothing")}</p>
}

/** A plain table; on a narrow page each line becomes a card that names its cells. */
function Rows({ head, rows }: { head: string[]; rows: ReactNode[][] }) {
  if (!rows.length) return <Nothing />
  return (
    <table className={classes.rows}>
      <thead>
        <tr>
          {head.map((cell) => (
            <th key={cell} scope="col">
              {cell}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the report never changes
          <tr key={i}>
            {row.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are fixed
              <td key={column} data-head={head[column]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
