import { Button, TextInput, Tooltip, UnstyledButton } from "@mantine/core"
import {
  IconArrowUp,
  IconDownload,
  IconFolder,
  IconFolderPlus,
  IconPencil,
  IconRefresh,
  IconSearch,
  IconTrash,
  IconUpload,
} from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import { type Place, shownName } from "../../../data/foldermodel"
import * as screens from "../../../data/screens"
import type { SessionView } from "../../../wire/view"
import { useConsole } from "../../context"
import { type Action, actionsHere, actionsOn, type Hands, meant } from "./actions"

interface Props {
  view: SessionView
  hands: Hands
  name: string
  /** The keyboard goes to the list. */
  back: () => void
}

const SIGNS = {
  download: IconDownload,
  upload: IconUpload,
  make: IconFolderPlus,
  rename: IconPencil,
  delete: IconTrash,
  reload: IconRefresh,
}

export function FolderBar({ view, hands, name, back }: Props) {
  const { t } = useTranslation()
  const { live, now } = hands
  const chosen = meant(now, hands.list)
  const actions = [...actionsOn(hands, chosen), ...actionsHere(hands)]
  const shown = (["download", "upload", "make", "rename", "delete", "reload"] as const).flatMap(
    (wanted) => actions.find((one) => one.name === wanted) ?? [],
  )
  return (
    <>
      <div className="page-bar folder-bar">
        <Crumbs place={now.place} hands={hands} name={name} back={back} />
        <div className="page-tools" role="toolbar" aria-label={t("staff.folders.tools")}>
          {shown.map((action) => (
            <ActionButton key={action.name} action={action} name={name} count={now.chosen.size} />
          ))}
        </div>
        <More view={view} may={hands.may} />
      </div>
      <div className="folder-find">
        <TextInput
          size="xs"
          className="grow"
          leftSection={<IconSearch size={14} />}
          aria-label={t("staff.folders.filter")}
          placeholder={t("staff.folders.filter")}
          value={now.filter}
          onChange={(event) => live.store.patch({ filter: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape" && now.filter) {
              event.stopPropagation()
              live.store.patch({ filter: "" })
            } else if (event.key !== "ArrowDown" && event.key !== "Enter") return
            event.preventDefault()
            back()
          }}
        />
        <Loaded hands={hands} />
      </div>
    </>
  )
}

/** From the roots down to here; each but the last leads there. */
function Crumbs({ place, hands, name, back }: { place: Place | null; hands: Hands; name: string; back: () => void }) {
  const { t } = useTranslation()
  const { live, may } = hands
  const go = (to: Place | null) => {
    live.go(to)
    back()
  }
  const steps = place
    ? [
        { label: place.title, to: { ...place, path: [] as string[] } },
        ...place.path.map((label, at) => ({ label, to: { ...place, path: place.path.slice(0, at + 1) } })),
      ]
    : []
  return (
    <nav className="folder-crumbs" aria-label={t("staff.folders.where")}>
      <UnstyledButton
        className="page-tool"
        aria-label={t("staff.folders.up")}
        title={`${t("staff.folders.up")} · ${t("staff.folders.key.back")}`}
        aria-disabled={!place || !may.here || undefined}
        onClick={() => {
          if (place && may.here) live.up()
          back()
        }}
      >
        <IconArrowUp size={18} />
      </UnstyledButton>
      <ol>
        <li>
          <Crumb
            label={t("staff.folders.of", { name })}
            here={!place}
            off={!may.here}
            run={() => go(null)}
            root={!place}
          />
        </li>
        {steps.map(({ label, to }, at) => (
          <li key={to.path.join("/")}>
            <Crumb label={label} here={at === steps.length - 1} off={!may.here} run={() => go(to)} />
          </li>
        ))}
      </ol>
    </nav>
  )
}

interface CrumbProps {
  label: string
  here: boolean
  off: boolean
  /** The list of roots, named while one is there, and a sign from further down. */
  root?: boolean
  run: () => void
}

function Crumb({ label, here, off, root, run }: CrumbProps) {
  const text = (
    <>
      {root !== undefined && <IconFolder size={16} aria-hidden />}
      <bdi className={root === false ? "unseen" : "cut"}>{shownName(label)}</bdi>
    </>
  )
  if (here) {
    return (
      <span className="folder-crumb" aria-current="location" title={label}>
        {text}
      </span>
    )
  }
  return (
    <UnstyledButton
      className="folder-crumb"
      title={label}
      aria-disabled={off || undefined}
      onClick={() => off || run()}
    >
      {text}
    </UnstyledButton>
  )
}

function ActionButton({ action, name, count }: { action: Action; name: string; count: number }) {
  const { t } = useTranslation()
  const Sign = SIGNS[action.name as keyof typeof SIGNS]
  const many = action.name === "download" || action.name === "delete" ? count : 0
  const label =
    many > 1 ? t(`staff.folders.act.${action.name}_many`, { count: many }) : t(`staff.folders.act.${action.name}`)
  const why = action.why ? t(`staff.folders.why.${action.why}`, { name }) : null
  const hint = [label, action.keys && t(`staff.folders.key.${keyName(action.keys)}`)].filter(Boolean).join(" · ")
  return (
    <Tooltip label={why ?? hint} multiline maw={280}>
      <UnstyledButton
        className="page-tool"
        aria-label={label}
        aria-disabled={why !== null || undefined}
        aria-description={why ?? undefined}
        onClick={() => why === null && action.run()}
      >
        <Sign size={18} />
        {many > 1 && <span className="small">{many}</span>}
      </UnstyledButton>
    </Tooltip>
  )
}

export const keyName = (keys: string): string => ({ Enter: "open", F2: "rename", Delete: "delete" })[keys] ?? "upload"

/** The right that is not there yet, and the end of all. */
function More({ view, may }: { view: SessionView; may: Hands["may"] }) {
  const { t } = useTranslation()
  const engine = useConsole()
  const missing = may.write ? (may.read ? null : "files_read") : "files_write"
  const asks = missing && screens.standing(view, missing) === "no" && screens.whyNot(view, missing) === null
  return (
    missing &&
    asks && (
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => void engine.act({ type: "grant.ask", capability: missing }, view.session.id)}
      >
        {t(`staff.folders.ask_more_${missing}`)}
      </Button>
    )
  )
}

/** How much of a long folder is here: sorting and searching know no more. */
function Loaded({ hands: { live, now, list } }: { hands: Hands }) {
  const { t } = useTranslation()
  const count = now.entries.length
  if (now.state === "unasked" || now.state === "loading" || now.state === "refused") return null
  const found = now.filter ? <span>{t("staff.folders.found", { found: list.length, count })}</span> : null
  return (
    <>
      <span className="small muted folder-loaded" role="status">
        {found ?? (now.next === null && <span>{t("staff.folders.count", { count })}</span>)}
        {now.next !== null && <span>{t("staff.folders.part", { count })}</span>}
      </span>
      {now.next !== null && (
        <Button size="compact-sm" variant="subtle" loading={now.state === "more"} onClick={() => live.more(true)}>
          {t("staff.folders.all")}
        </Button>
      )}
    </>
  )
}
