import { NativeSelect, TextInput } from "@mantine/core"
import { IconSearch } from "@tabler/icons-react"
import { useTranslation } from "react-i18next"
import type { QueueInfo } from "../contract/messages"
import type { Search } from "./api"
import classes from "./audit.module.css"

interface Props {
  search: Search
  queues: readonly QueueInfo[]
  onChange: (search: Search) => void
}

/** Fields that the list is searched by; it follows while one types. */
export function Filters({ search, queues, onChange }: Props) {
  const { t } = useTranslation()
  const set = (part: Partial<Search>) => onChange({ ...search, ...part })
  return (
    <search className={classes.filters}>
      <TextInput
        className={classes.query}
        label={t("audit.list.search")}
        type="search"
        placeholder={t("audit.list.search_hint")}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search.query}
        onChange={(event) => set({ query: event.currentTarget.value })}
      />
      <TextInput
        label={t("audit.list.agent")}
        value={search.agent}
        onChange={(event) => set({ agent: event.currentTarget.value })}
      />
      {queues.length > 0 && (
        <NativeSelect
          label={t("audit.list.queue")}
          value={search.queue}
          onChange={(event) => set({ queue: event.currentTarget.value })}
          data={[
            { value: "", label: t("audit.list.any_queue") },
            ...queues.map((q) => ({ value: q.id, label: q.name })),
          ]}
        />
      )}
      <TextInput
        type="date"
        label={t("audit.list.since")}
        max={search.until || undefined}
        value={search.since}
        onChange={(event) => set({ since: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t("audit.list.until")}
        min={search.since || undefined}
        value={search.until}
        onChange={(event) => set({ until: event.currentTarget.value })}
      />
    </search>
  )
}
