/** The sign of a colleague's state: filled, hollow or pale, so that colour does not say it alone. */
export const SIGN = { ready: "dot live", not_ready: "dot hollow", offline: "dot off faded" } as const
