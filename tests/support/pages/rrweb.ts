// The peer, as it comes.
import { Replayer, record } from "rrweb"

Object.assign(globalThis, { rrweb: { Replayer, record } })
