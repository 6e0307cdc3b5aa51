/** The look of the view itself. Values are those of the tokens; a page on its own host shares no file with the others. */
export const STYLE = `
:root { color-scheme: light; --ground: #eef0f3; --panel: #ffffff; --line: #e2e5ea; --text: #171b21; --muted: #5b6472;
  --accent: #3155d6; --on-accent: #ffffff; --wait: #8f5a00; --wait-soft: #fdf1d9; --stop: #c0272d; --stop-soft: #fde8e8; }
:root[data-dark] { color-scheme: dark; --ground: #0c0f12; --panel: #181c22; --line: #2a3038; --text: #e8ebf0;
  --muted: #98a2b0; --accent: #8ba5ff; --on-accent: #0b1020; --wait: #f0b74c; --wait-soft: #362709; --stop: #ff7a78;
  --stop-soft: #3a1516; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { margin: 0; height: 100%; overflow: hidden; background: var(--ground); color: var(--text);
  font: 400 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.stage { position: fixed; inset: 0; overflow: auto; display: grid; place-items: safe center; }
.stage[data-scale=fit] { overflow: hidden; }
.sheet { position: relative; overflow: hidden; background: #fff; box-shadow: 0 0 0 1px var(--line); }
.sheet iframe { display: block; border: 0; transform-origin: 0 0; pointer-events: none; background: #fff; }
.marks, .shield { position: absolute; inset: 0; width: 100%; height: 100%; }
.marks { pointer-events: none; overflow: hidden; color: var(--accent); }
.shield { outline: none; touch-action: none; }
.shield[data-tool=none]:not([data-control]) { touch-action: auto; }
.shield[data-tool=pointer], .shield[data-tool=draw] { cursor: crosshair; }
.shield[data-tool=highlight] { cursor: cell; }
.sheet:has(.keys:focus) { box-shadow: 0 0 0 2px var(--accent); }
.marks text { font: 600 12px system-ui, sans-serif; }
.marks .cursor path { stroke: #fff; stroke-width: 1.5; }
.marks .highlight { stroke-width: 3; }
.marks .focus { stroke-width: 2; stroke-dasharray: 4 3; }
.marks .aim { stroke-width: 2; opacity: .6; }
.marks .stroke { stroke-width: 4; stroke-linecap: round; stroke-linejoin: round; }
.keys { position: absolute; width: 2px; height: 1.2em; padding: 0; border: 0; opacity: 0; resize: none; outline: 0;
  font-size: 16px; pointer-events: none; }
.note { position: fixed; inset: 0; display: grid; place-content: center; justify-items: center; gap: 4px; padding: 24px;
  text-align: center; background: var(--ground); }
.note h1 { margin: 0; font-size: 16px; font-weight: 600; } .note p { margin: 0; color: var(--muted); max-width: 44ch; }
.bones { display: grid; gap: 12px; width: min(420px, 80vw); margin-bottom: 12px; }
.bones i { height: 14px; border-radius: 8px; background: var(--line); } .bones i:first-child { height: 28px; width: 60%; }
.bones i:last-child { width: 80%; }
.bar { position: fixed; inset: 0 0 auto; height: 2px; background: var(--accent); opacity: .7; }
.hint { position: absolute; z-index: 2; display: flex; gap: 6px; align-items: center; max-width: 280px; padding: 4px 8px;
  border-radius: 8px; background: var(--panel); color: var(--text); border: 1px solid var(--line); font-size: 13px;
  box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .12); pointer-events: none; }
.hint[data-kind=refused] { background: var(--stop-soft); color: var(--stop); border-color: currentColor; }
.hint[data-kind=asking] { background: var(--wait-soft); color: var(--wait); border-color: currentColor; }
.hint[data-kind=pending] { padding: 4px; border-radius: 50%; }
.wheel { width: 12px; height: 12px; border-radius: 50%; border: 2px solid currentColor; border-right-color: transparent;
  animation: turn .7s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .wheel { animation: none; border-right-color: currentColor; opacity: .5; } }
.popup { position: fixed; z-index: 3; min-width: 160px; max-width: min(360px, 96vw); max-height: min(320px, 90vh);
  overflow: auto; margin: 0; padding: 4px; border: 1px solid var(--line); border-radius: 8px; background: var(--panel);
  color: var(--text); box-shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .12); }
.popup [role=option] { padding: 4px 8px; border-radius: 6px; min-height: 28px; cursor: default; overflow-wrap: anywhere; }
.popup [role=option][aria-selected=true] { font-weight: 600; } .popup [role=option][aria-disabled=true] { opacity: .5; }
.popup [role=option]:hover, .popup [role=option][data-active] { background: var(--accent); color: var(--on-accent); }
.popup [role=presentation] { padding: 6px 8px 2px; color: var(--muted); font-size: 12px; font-weight: 600; }
.popup form { display: flex; flex-wrap: wrap; gap: 8px; padding: 4px; align-items: center; }
.popup input { font: inherit; min-height: 32px; min-width: 0; flex: 1; }
.popup button { font: inherit; font-weight: 550; min-height: 32px; padding: 4px 12px; border-radius: 6px;
  border: 1px solid var(--line); background: var(--panel); color: var(--text); }
.popup button[type=submit] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.popup :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`
