import type { TFunction } from "i18next"
import type { Kind, QueueItem, Step } from "./types"

type NameOf = (kind: Kind, id: string) => string

function joined(language: string, parts: readonly string[]): string {
  return new Intl.ListFormat(language, { type: "conjunction" }).format(parts)
}

/** A time of waiting as people say it: 90 s, 10 min, 1 h 30 min. */
export function span(seconds: number, language: string): string {
  const whole = Math.round(seconds)
  const unit = (count: number, name: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(count)
  if (whole < 120) return unit(whole, "second")
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor(whole / 3600) % 24, "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ]
  return parts
    .filter(([count]) => count > 0)
    .map(([count, name]) => unit(count, name))
    .join(" ")
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1)
}

/** Who may take a contact of the queue from the start. */
export function startSentence(queue: QueueItem, direct: number, name: NameOf, t: TFunction, language: string): string {
  const who = [
    ...(direct ? [t("admin.steps.direct", { count: direct })] : []),
    ...queue.groups.map((id) => t("admin.steps.group", { name: name("group", id) })),
  ]
  const people = who.length ? t("admin.steps.start", { who: joined(language, who) }) : t("admin.steps.nobody")
  if (queue.skills.length === 0) return capital(people)
  const needs = queue.skills.map((one) => t("admin.steps.level", { name: name("skill", one.skill), level: one.level }))
  return `${capital(people)} ${t("admin.steps.needs", { skills: joined(language, needs) })}`
}

/** What changes for who has waited so long. */
export function stepSentence(step: Step, name: NameOf, t: TFunction, language: string): string {
  const parts = [
    ...(step.groups.length
      ? [
          t("admin.steps.groups", {
            count: step.groups.length,
            names: joined(
              language,
              step.groups.map((id) => name("group", id)),
            ),
          }),
        ]
      : []),
    ...(step.lower ? [t("admin.steps.lower", { count: step.lower })] : []),
    ...(step.drop.length
      ? [
          t("admin.steps.drop", {
            count: step.drop.length,
            names: joined(
              language,
              step.drop.map((id) => name("skill", id)),
            ),
          }),
        ]
      : []),
    ...(step.end ? [endSentence(step.end, name, t)] : []),
  ]
  return parts.length ? parts.join(" ") : t("admin.steps.nothing")
}

function endSentence(end: NonNullable<Step["end"]>, name: NameOf, t: TFunction): string {
  if (end.to !== "queue") return t(`admin.steps.end_${end.to}`)
  return end.queue ? t("admin.steps.end_queue", { name: name("queue", end.queue) }) : t("admin.steps.end_which")
}
