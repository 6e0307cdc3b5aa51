/** Beside what the session window has. */
export const PAGE = `
.code { font-family: ui-monospace, monospace; font-size: 14px; overflow-wrap: anywhere; }
code.code { display: block; padding: 8px 10px; border-radius: 8px; background: var(--sunk); user-select: all; }
textarea.code { field-sizing: content; resize: none; }
fieldset { min-width: 0; } legend { padding: 0; font-weight: 550; font-size: 14px; }
.platforms { display: flex; flex-wrap: wrap; gap: 0 20px; }
.part { border-top: 1px solid var(--line); padding-top: var(--s4); }
a.button { text-decoration: none; }
`
