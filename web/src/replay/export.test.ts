import { expect, test } from "vitest"
import type { SessionDetail } from "../contract/messages"
import { session } from "../player/testing/fakes"
import { toCsv } from "./export"

const detail: SessionDetail = {
  session: {
    ...session,
    customer_name: '=HYPERLINK("http://x")',
    created_at: 1_700_000_000,
    skills: { refunds: "Refunds" },
    attributes: { "=1+1": "-2" },
  },
  participants: [{ id: "p1", role: "customer", name: "Petit, Jeanne", user: null, joined_at: 1_700_000_000 }],
  consents: [],
  files: [{ id: "f", name: "a.pdf", size: 3, sender: "p1", sha256: null, state: "ready" }],
  lines: [{ id: "l", at: 1_700_000_001, kind: "chat", by: "p1", by_name: "Jeanne", text: 'line "one"\nline two' }],
  note: null,
  streams: { mic: 12.5 },
  recorded: true,
}

test("what a spreadsheet would run is text, and cells keep commas, quotes and lines", () => {
  const csv = toCsv(detail)
  expect(csv).toContain(`session,,customer_name,"'=HYPERLINK(""http://x"")"`)
  expect(csv).toContain('people,2023-11-14T22:13:20.000Z,"Petit, Jeanne","customer, joined"')
  expect(csv).toContain("skills,,refunds,Refunds")
  expect(csv).toContain("page,,'=1+1,'-2")
  expect(csv).toContain('"Jeanne | line ""one""\nline two"')
  expect(csv).toContain("media,,mic,12.5")
  expect(csv).toContain('files,,a.pdf,"3 bytes from Petit, Jeanne')
})
