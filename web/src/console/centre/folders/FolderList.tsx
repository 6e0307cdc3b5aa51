import { Skeleton } from "@mantine/core"
import { IconArrowNarrowDown, IconArrowNarrowUp } from "@tabler/icons-react"
import {
  type KeyboardEvent,
  type MouseEvent,
  type Ref,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react"
import { useTranslation } from "react-i18next"
import type { FolderEntry } from "../../../contract/messages"
import { jump, keyOf, type Place, type SortBy } from "../../../data/foldermodel"
import { actionsHere, actionsOn, type Hands, meant, openOne } from "./actions"
import { FolderNothing } from "./FolderNothing"
import { FolderRow } from "./FolderRow"
import { chosenBy, type Moves, stepped } from "./listkeys"
import { Part } from "./Part"
import { RowMenu } from "./RowMenu"
import { useRows, useWidthOf } from "./useRows"

/** A row of one line, and of two where there is little room. */
const HEIGHT = { wide: 32, narrow: 52 }
const NARROW = 430
/** So far before the end the next page is asked for. */
const AHEAD = 40
const TYPING_MS = 800
const COLUMNS: readonly SortBy[] = ["name", "size", "changed"]

interface Props {
  hands: Hands
  name: string
  ref: Ref<HTMLDivElement>
}

/** What is in the folder. One stop of the keyboard: the row that it is on is named, and drawn wherever it is. */
export function FolderList({ hands, name, ref }: Props) {
  const { t, i18n } = useTranslation()
  const { live, now, list } = hands
  const grid = useRef<HTMLDivElement | null>(null)
  const narrow = useWidthOf(grid) < NARROW
  const height = narrow ? HEIGHT.narrow : HEIGHT.wide
  const { filter, sorting } = now
  const keys = useMemo(() => list.map(keyOf), [list])
  const rows = useRows(keys, height)
  const ids = useId()
  const [menu, setMenu] = useState<string | null>(null)
  const at = Math.max(0, now.active === null ? 0 : keys.indexOf(now.active))
  const anchor = useRef(0)
  const typed = useTyped(now.place)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order or another choice is read from its beginning
  useLayoutEffect(() => {
    rows.box.current?.scrollTo(0, 0)
  }, [filter, sorting, now.place])
  const near = rows.last >= keys.length - AHEAD && !filter
  useEffect(() => {
    if (near && now.state === "ready" && now.next !== null && now.reason === null) live.more()
  }, [live, near, now.state, now.next, now.reason])
  // Where one comes from, and what was just made, is seen.
  const { show } = rows
  const shown = useRef(show)
  shown.current = show
  useEffect(() => {
    if (now.active !== null) shown.current(keys.indexOf(now.active))
  }, [now.active, keys])

  const to = (next: number, moves: Moves) => {
    const entry = list[next]
    if (!entry) return
    if (!moves.extend) anchor.current = next
    live.store.patch({ active: keyOf(entry), chosen: chosenBy(keys, now.chosen, at, next, anchor.current, moves) })
    show(next)
  }
  const pressed = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.nativeEvent.isComposing) return
    // Any other key is the end of a word, and so is leaving.
    if ([...event.key].length > 1 && event.key !== "Shift") typed.forget()
    if (keyOn(event, { hands, at, page: rows.page, to, typed, openMenu: setMenu, language: i18n.language })) {
      event.preventDefault()
    }
  }
  const clicked = (event: MouseEvent, index: number) => {
    const toggle = event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest(".folder-check") !== null
    to(index, { extend: event.shiftKey, toggle })
  }
  return (
    <Part
      ref={(element) => {
        grid.current = element
        if (typeof ref === "function") ref(element)
        else if (ref) ref.current = element
      }}
      className="folder-grid"
      data-narrow={narrow || undefined}
      role="grid"
      tabIndex={0}
      aria-label={t("staff.folders.list")}
      aria-rowcount={now.next === null ? keys.length + 1 : -1}
      aria-multiselectable
      aria-busy={now.state === "loading" || now.state === "more"}
      aria-activedescendant={list.length > 0 ? `${ids}-${at}` : undefined}
      aria-keyshortcuts="F2 Delete Control+U Backspace"
      onKeyDown={pressed}
      onBlur={typed.forget}
    >
      <Head hands={hands} />
      <Part role="rowgroup" ref={rows.box} className="folder-rows" onScroll={rows.look}>
        <div role="presentation" style={{ height: rows.total }}>
          {keys.map((key, index) =>
            (index >= rows.first && index < rows.last) || index === at ? (
              <FolderRow
                key={key}
                id={`${ids}-${index}`}
                entry={list[index] as FolderEntry}
                index={index}
                height={height}
                active={index === at}
                chosen={now.chosen.has(key)}
                onClick={clicked}
                onOpen={(entry) => openOne(hands, entry)}
                onMenu={() => {
                  live.store.patch({ active: key })
                  setMenu(key)
                }}
              />
            ) : null,
          )}
          <RowMenu
            opened={menu !== null}
            close={() => {
              setMenu(null)
              grid.current?.focus()
            }}
            top={at * height}
            height={height}
            actions={actionsOn(hands, meantBy(hands, list, keys[at] ?? ""))}
            name={name}
          />
        </div>
        {now.state === "loading" && keys.length === 0 && (
          <Skeleton height={height * 4} aria-label={t("staff.folders.loading")} />
        )}
        <FolderNothing hands={hands} name={name} found={list.length} back={() => grid.current?.focus()} />
      </Part>
    </Part>
  )
}

/** The menu of a row is about all that is chosen, if the row is among it. */
function meantBy({ now }: Hands, list: readonly FolderEntry[], key: string): readonly FolderEntry[] {
  return now.chosen.has(key) ? meant(now, list) : list.filter((one) => keyOf(one) === key)
}

/** Letters that were typed one soon after the other, in one folder. */
function useTyped(place: Place | null) {
  const last = useRef({ text: "", at: 0, place })
  const add = (letter: string): string => {
    const now = performance.now()
    const goesOn = now - last.current.at < TYPING_MS && last.current.place === place
    const text = goesOn ? last.current.text + letter : letter
    // The same letter again goes on to the next that begins with it.
    last.current = { text: [...text].every((one) => one === letter) ? letter : text, at: now, place }
    return last.current.text
  }
  const forget = () => {
    last.current.text = ""
  }
  return { add, forget }
}

interface Keyed {
  hands: Hands
  at: number
  page: number
  to: (next: number, moves: Moves) => void
  typed: ReturnType<typeof useTyped>
  openMenu: (key: string) => void
  language: string
}

/** True when the key meant something here. */
function keyOn(event: KeyboardEvent, { hands, at, page, to, typed, openMenu, language }: Keyed): boolean {
  const { live, now, list } = hands
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event
  const control = ctrlKey || metaKey
  const run = (name: string) => {
    const action = [...actionsOn(hands, meant(now, list)), ...actionsHere(hands)].find((one) => one.name === name)
    if (action && !action.why) action.run()
    return true
  }
  if (altKey && key !== "ArrowUp") return false
  const next = altKey ? null : stepped(key, at, list.length, page)
  if (next !== null) to(next, { extend: shiftKey, keep: control })
  else if (key === "Backspace" || (altKey && key === "ArrowUp")) {
    if (hands.may.here) live.up()
  } else if (control && key.toLowerCase() === "a") live.store.patch({ chosen: new Set(list.map(keyOf)) })
  else if (control && key.toLowerCase() === "u") return run("upload")
  else if (control) return false
  else if (key === "Enter") {
    const entry = list[at]
    if (entry) openOne(hands, entry)
  } else if (key === "F2") return run("rename")
  else if (key === "Delete") return run("delete")
  else if (key === "ContextMenu" || (key === "F10" && shiftKey)) {
    const entry = list[at]
    if (entry) openMenu(keyOf(entry))
  } else if (key === " ") to(at, { toggle: true })
  else if (key === "Escape" && now.chosen.size > 0) live.store.patch({ chosen: new Set() })
  else if ([...key].length === 1) to(jump(list, at, typed.add(key), language), {})
  else return false
  return true
}

function Head({ hands: { live, now } }: { hands: Hands }) {
  const { t } = useTranslation()
  const { by, down } = now.sorting
  const Sign = down ? IconArrowNarrowDown : IconArrowNarrowUp
  return (
    <Part role="row" className="folder-row folder-head">
      <span />
      {COLUMNS.map((column) => (
        <Part
          role="columnheader"
          key={column}
          className={`folder-${column}`}
          aria-sort={by === column ? (down ? "descending" : "ascending") : "none"}
        >
          <button
            type="button"
            className="blank"
            onClick={() => live.store.patch({ sorting: { by: column, down: by === column && !down } })}
          >
            {t(`staff.folders.column.${column}`)}
            {by === column && <Sign size={14} aria-hidden />}
          </button>
        </Part>
      ))}
      <span />
    </Part>
  )
}
