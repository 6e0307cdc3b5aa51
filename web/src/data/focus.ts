/** What the agent wants to send into one session. */
export interface Wants {
  readonly mic: boolean
  readonly camera: boolean
}

/**
 * Where the agent's microphone and camera go: what is wanted in each session, and the one session that gets it.
 * All others are on hold.
 */
export interface FocusState {
  readonly wants: Readonly<Record<string, Wants>>
  readonly focus: string | null
}

export const NOTHING: Wants = { mic: false, camera: false }
export const NO_FOCUS: FocusState = { wants: {}, focus: null }

export function wantsIn(state: FocusState, session: string): Wants {
  return state.wants[session] ?? NOTHING
}

/**
 * A session that sends something takes the focus when it comes to the front. A silent one takes it only from
 * another silent one: whoever is spoken to keeps being spoken to.
 */
export function toFront(state: FocusState, session: string): FocusState {
  const busy = state.focus !== null && isOn(state, state.focus)
  return isOn(state, session) || !busy ? { ...state, focus: session } : state
}

function isOn(state: FocusState, session: string): boolean {
  const { mic, camera } = wantsIn(state, session)
  return mic || camera
}

/** Turning a line on is also the wish to be heard here; turning it off changes nothing for the others. */
export function want(state: FocusState, session: string, part: Partial<Wants>): FocusState {
  const wants = { ...state.wants, [session]: { ...wantsIn(state, session), ...part } }
  return { wants, focus: part.mic || part.camera ? session : state.focus }
}

export function hold(state: FocusState, session: string): FocusState {
  return state.focus === session ? { ...state, focus: null } : state
}

export function resume(state: FocusState, session: string): FocusState {
  return { ...state, focus: session }
}

export function without(state: FocusState, session: string): FocusState {
  const { [session]: _, ...wants } = state.wants
  return { wants, focus: state.focus === session ? null : state.focus }
}

/** The line carries something now: wanted here, and here is the focus. */
export function sends(state: FocusState, session: string, line: keyof Wants): boolean {
  return state.focus === session && wantsIn(state, session)[line]
}

/** The session whose voices are played: that in focus, else the one in front. */
export function heard(state: FocusState, front: string | null): string | null {
  return state.focus ?? front
}
