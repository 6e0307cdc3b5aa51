import { beforeEach, describe, expect, it } from "vitest"
import type { FolderAsk } from "../contract/messages"
import { Refused } from "../wire/control"
import type { Asks } from "./asks"
import type { Told } from "./files"
import type { Answer, Place } from "./foldermodel"
import { Transfers } from "./transfers"

const PLACE: Place = { root: "r", title: "Documents", path: ["Old"] }
const ALL = { here: true, download: true, upload: true }
const file = (name: string) => new File(["text"], name)

class Scene {
  asked: { key: string; op: FolderAsk["op"]; heard: (answer: Answer) => void }[] = []
  stopped: string[] = []
  sent: (Told & { name: string; begun: number; aborted: unknown[]; to: string | undefined })[] = []
  fetched: { file: string; end: (bytes: Blob | null) => void; fail: (cause: unknown) => void; stops: number }[] = []
  saved: string[] = []
  discarded: string[] = []
  arrived: string[] = []
  readonly all = new Transfers({
    asks: {
      begin: (_session: string, _giver: string, op: FolderAsk["op"], heard: (answer: Answer) => void) => {
        const key = `ask ${this.asked.length}`
        this.asked.push({ key, op, heard })
        return key
      },
      stop: (key: string) => this.stopped.push(key),
    } as unknown as Asks,
    sender: (_session, source, told, to) => {
      const one = { ...told, name: source.name, begun: 0, aborted: [] as unknown[], to }
      this.sent.push(one)
      const start = () => one.begun++
      const abort = async (gone: unknown) => void one.aborted.push(gone)
      return { start, abort, url: "/files/x" } as never
    },
    begin: async (upload) => upload.start(),
    fetching: (file) => ({
      run: () =>
        new Promise((end, fail) => {
          const { stops = 0 } = this.fetched.at(-1) ?? {}
          this.fetched.push({ file, end, fail, stops })
        }),
      stop: () => this.fetched.at(-1)?.end(null),
    }),
    save: (_bytes, name) => this.saved.push(name),
    discard: (file) => this.discarded.push(file),
    arrived: (one) => this.arrived.push(one.name),
  })

  get states(): string[] {
    return this.all.store.get().map((one) => `${one.name} ${one.state}${one.reason ? ` ${one.reason}` : ""}`)
  }
  key(name: string): string {
    return this.all.store.get().find((one) => one.name === name)?.key ?? ""
  }
  say(at: number, answer: Answer): void {
    this.asked[at]?.heard(answer)
  }
  down(...names: string[]): void {
    this.all.download(
      "s",
      "c",
      PLACE,
      names.map((name) => ({ name, kind: "file", size: 4 })),
    )
  }
  up(names: string[], taken: string[] = []): string {
    return this.all.upload("s", "c", PLACE, names.map(file), new Set(taken))
  }
  /** The bytes are on the server. */
  whole(at: number, id: string): void {
    this.sent[at]?.onFile(id)
    this.sent[at]?.onSuccess()
  }
}

const settled = () => new Promise((done) => setTimeout(done))
let scene: Scene
beforeEach(() => {
  scene = new Scene()
  scene.all.settle("s", ALL)
})

describe("downloads", () => {
  it("go two at a time, each by the client, then from the server into the downloads", async () => {
    scene.down("a", "b", "c")
    expect(scene.states).toEqual(["a asked", "b asked", "c queued"])
    expect(scene.asked[0]?.op).toEqual({ op: "download", root: "r", path: ["Old", "a"] })
    scene.say(0, { result: "progress", done: 2, total: 4 })
    expect(scene.all.store.get()[0]).toMatchObject({ state: "moving", moved: 2 })
    scene.say(0, { result: "done", file: "f1" })
    expect(scene.states).toEqual(["a saving", "b asked", "c queued"])
    scene.fetched[0]?.end(new Blob(["text"]))
    await settled()
    expect([scene.saved, scene.discarded]).toEqual([["a"], ["f1"]])
    expect(scene.states).toEqual(["a done", "b asked", "c asked"])
  })

  it("land under the name that was asked for, made harmless, whatever the client says", async () => {
    scene.down("cv\u202efdp.exe")
    scene.say(0, { result: "done", file: "f1", name: "autorun.bat" })
    scene.fetched[0]?.end(new Blob(["text"]))
    await settled()
    expect(scene.saved).toEqual(["cv_fdp.exe"])
    expect(scene.states).toEqual(["cv\u202efdp.exe done"])
  })

  it("are paused on the last way and go on with what has come", async () => {
    scene.down("a")
    scene.say(0, { result: "done", file: "f1" })
    scene.all.pause(scene.key("a"))
    await settled()
    expect(scene.states).toEqual(["a paused"])
    scene.all.again(scene.key("a"))
    expect(scene.states).toEqual(["a saving"])
    expect(scene.asked).toHaveLength(1)
    scene.fetched[1]?.end(new Blob([]))
    await settled()
    expect(scene.states).toEqual(["a done"])
  })

  it("begin with the client again when the server has them no more", async () => {
    scene.down("a")
    scene.say(0, { result: "done", file: "f1" })
    scene.fetched[0]?.fail(new Refused({ code: "not_found", message: "" }))
    await settled()
    expect(scene.states).toEqual(["a failed gone"])
    scene.all.again(scene.key("a"))
    expect(scene.states).toEqual(["a asked"])
  })

  it("are stopped by the client's answer, which may be that they are done", () => {
    scene.down("a", "b")
    for (const name of ["a", "b"]) scene.all.stop(scene.key(name))
    expect(scene.stopped).toEqual(["ask 0", "ask 1"])
    expect(scene.states).toEqual(["a asked stopping", "b asked stopping"])
    scene.say(0, { result: "refused", reason: "stopped" })
    scene.say(1, { result: "done", file: "f" })
    expect(scene.states).toEqual(["a stopped", "b saving"])
    scene.all.clear()
    expect(scene.states).toEqual(["b saving"])
  })
})

describe("uploads", () => {
  it("are files for these folders first, and then put there", async () => {
    scene.up(["a"])
    await settled()
    expect(scene.sent[0]).toMatchObject({ name: "a", begun: 1, to: "c" })
    scene.whole(0, "f1")
    expect(scene.asked[0]?.op).toEqual({ op: "upload", root: "r", path: ["Old", "a"], file: "f1", exists: "refuse" })
    scene.say(0, { result: "done", name: "a (2)" })
    expect(scene.states).toEqual(["a (2) done"])
    expect(scene.arrived).toEqual(["a (2)"])
  })

  it("whose name is taken wait for a choice, before anything is sent where that is known", async () => {
    scene.up(["a", "b", "c", "d"], ["a", "b"])
    expect(scene.states).toEqual(["a conflict", "b conflict", "c sending", "d sending"])
    scene.all.resolve(scene.key("a"), "skip", false)
    scene.whole(0, "fc")
    scene.say(0, { result: "refused", reason: "exists" })
    expect(scene.states).toEqual(["a stopped", "b conflict", "c conflict", "d sending"])
    scene.all.resolve(scene.key("b"), "replace", true)
    scene.whole(1, "fd")
    expect(scene.states).toEqual(["a stopped", "b sending", "c asked", "d queued"])
    expect(scene.asked[1]?.op).toMatchObject({ path: ["Old", "c"], exists: "replace" })
    scene.say(1, { result: "done" })
    expect(scene.asked[2]?.op).toMatchObject({ path: ["Old", "d"], exists: "refuse" })
    scene.say(2, { result: "refused", reason: "exists" })
    expect(scene.asked.at(-1)?.op).toMatchObject({ path: ["Old", "d"], exists: "replace" })
    scene.say(3, { result: "refused", reason: "exists" })
    expect(scene.states[3]).toBe("d failed exists")
  })

  it("are paused, and stopped with what came of them", async () => {
    scene.up(["a"])
    await settled()
    scene.all.pause(scene.key("a"))
    expect(scene.sent[0]?.aborted).toEqual([false])
    scene.all.again(scene.key("a"))
    expect(scene.sent[0]?.begun).toBe(2)
    scene.all.stop(scene.key("a"))
    expect(scene.sent[0]?.aborted).toEqual([false, true])
    expect(scene.states).toEqual(["a stopped"])
    scene.all.again(scene.key("a"))
    expect(scene.sent).toHaveLength(2)
  })

  it("say why they failed, and are sent anew when what carried them is gone", async () => {
    scene.up(["a", "b"])
    await settled()
    scene.sent[0]?.onError({ code: "file_too_large", message: "" })
    expect(scene.states).toEqual(["a failed file_too_large", "b sending"])
    scene.whole(1, "fb")
    scene.say(0, { result: "refused", reason: "not_found" })
    scene.all.again(scene.key("b"))
    expect(scene.states).toEqual(["a failed file_too_large", "b sending"])
  })
})

describe("when the client or the consent goes", () => {
  it("they wait for the client, and go on when it is back", () => {
    scene.down("a")
    scene.say(0, { result: "refused", reason: "no_client" })
    expect(scene.states).toEqual(["a waiting no_client"])
    scene.all.settle("s", { ...ALL, here: false })
    expect(scene.states).toEqual(["a waiting no_client"])
    scene.all.settle("s", ALL)
    expect(scene.states).toEqual(["a asked"])
  })

  it("they try again what was not answered because it was away, and fail otherwise", () => {
    scene.down("a", "b")
    scene.all.settle("s", { ...ALL, here: false })
    scene.all.settle("s", ALL)
    scene.say(0, { result: "refused", reason: "unanswered" })
    expect(scene.states[0]).toBe("a asked")
    scene.say(2, { result: "refused", reason: "unanswered" })
    expect(scene.states[0]).toBe("a failed unanswered")
  })

  it("they end with the consent, and say so", async () => {
    scene.down("a", "b", "c")
    scene.up(["d"])
    scene.all.settle("s", { here: true, download: false, upload: false })
    scene.say(0, { result: "refused", reason: "no_consent" })
    expect(scene.states).toEqual(["a failed no_consent", "b asked", "c failed no_consent", "d failed no_consent"])
  })

  it("those of a session that is put away are forgotten", () => {
    scene.down("a")
    scene.all.download("t", "c", PLACE, [{ name: "b", kind: "file" }])
    scene.all.drop("s")
    expect(scene.states).toEqual(["b waiting no_client"])
    expect(scene.stopped).toEqual(["ask 0"])
  })
})
