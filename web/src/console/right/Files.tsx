import { Button, Progress, UnstyledButton } from "@mantine/core"
import { IconDownload, IconFile, IconRefresh, IconUpload, IconX } from "@tabler/icons-react"
import { type DragEvent, useRef, useState } from "react"
import { useTranslation } from "react-i18next"
import type { FileInfo } from "../../contract/messages"
import { contentUrl, listed, type UploadState } from "../../data/files"
import * as model from "../../data/session"
import { useStore } from "../../data/store"
import { bytes, percent } from "../../staff/format"
import { shared } from "../../wire/derive"
import type { SessionView } from "../../wire/view"
import { whyOver } from "../centre/why"
import { useConsole, useDesk } from "../context"
import { Ago } from "../Running"

export function Files({ view }: { view: SessionView }) {
  const { t, i18n } = useTranslation()
  const engine = useConsole()
  const { id } = view.session
  const limit = useDesk((state) => state.config?.file_limit ?? 0)
  const uploads = useStore(engine.uploads.store, (all) => all.filter((one) => one.session === id))
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const files = listed(shared(view), uploads)
  const why = whyOver(view)

  const send = (list: FileList | null) => {
    for (const file of list ?? []) engine.uploads.add(id, file, limit)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!why) send(event.dataTransfer.files)
  }
  return (
    <section
      className={over ? "files over" : "files"}
      aria-label={t("staff.files.title")}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="row wrap">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            send(event.currentTarget.files)
            event.currentTarget.value = ""
          }}
        />
        <Button
          variant="default"
          leftSection={<IconUpload size={16} />}
          disabled={why !== null}
          onClick={() => picker.current?.click()}
        >
          {t("staff.files.send")}
        </Button>
        <span className="small muted">
          {limit > 0 && t("staff.files.limit", { size: bytes(limit, i18n.language) })}
        </span>
      </div>
      {files.length + uploads.length === 0 && <p className="muted">{t("staff.files.empty")}</p>}
      <ul className="stack">
        {uploads.map((one) => (
          <UploadRow key={one.key} one={one} />
        ))}
        {files.map((file) => (
          <FileRow key={file.id} file={file} view={view} />
        ))}
      </ul>
    </section>
  )
}

function UploadRow({ one }: { one: UploadState }) {
  const { t, i18n } = useTranslation()
  const { uploads } = useConsole()
  const part = one.size > 0 ? one.sent / one.size : 0
  return (
    <li className="file">
      <IconFile size={18} aria-hidden />
      <div className="grow">
        <p className="cut">{one.name}</p>
        {one.state === "sending" ? (
          <>
            <Progress value={part * 100} size="sm" aria-label={t("staff.files.progress", { name: one.name })} />
            <p className="small muted">
              {bytes(one.sent, i18n.language)} / {bytes(one.size, i18n.language)} · {percent(part, i18n.language)}
            </p>
          </>
        ) : (
          <p className="small problem" role="alert">
            {t(`common.error.${one.error?.code}`, { defaultValue: t("common.error.server_error") })}
          </p>
        )}
      </div>
      {one.state === "failed" && one.error?.code !== "file_too_large" && (
        <UnstyledButton
          className="icon-button"
          aria-label={t("staff.files.again", { name: one.name })}
          onClick={() => uploads.again(one.key)}
        >
          <IconRefresh size={16} />
        </UnstyledButton>
      )}
      <UnstyledButton
        className="icon-button"
        aria-label={t("staff.files.cancel", { name: one.name })}
        onClick={() => void uploads.cancel(one.key)}
      >
        <IconX size={16} />
      </UnstyledButton>
    </li>
  )
}

function FileRow({ file, view }: { file: FileInfo; view: SessionView }) {
  const { t, i18n } = useTranslation()
  const received = useDesk((state) => state.progress[file.id] ?? 0)
  const own = file.sender === view.you
  const from = own ? t("staff.you") : (model.personOf(view, file.sender)?.name ?? t("staff.nameless"))
  return (
    <li className="file">
      <IconFile size={18} aria-hidden />
      <div className="grow">
        <p className="cut" title={file.name}>
          {file.name}
        </p>
        {file.state === "uploading" && (
          <Progress
            value={file.size > 0 ? (received / file.size) * 100 : 0}
            size="sm"
            aria-label={t("staff.files.progress", { name: file.name })}
          />
        )}
        <p className={file.state === "failed" ? "small problem" : "small muted"}>
          {file.state === "failed" ? t("staff.files.failed") : bytes(file.size, i18n.language)} · {from} ·{" "}
          <Ago at={file.created_at} />
        </p>
      </div>
      {file.state === "ready" && (
        <a
          className="icon-button"
          href={contentUrl(file.id)}
          download={file.name}
          aria-label={t("staff.files.download", { name: file.name })}
        >
          <IconDownload size={16} />
        </a>
      )}
    </li>
  )
}
