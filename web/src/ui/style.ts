/** Rules for the parts that page panel and session window have in common. */
export const PARTS = `
*, *::before, *::after { box-sizing: border-box; }
h1:focus, h2:focus { outline: none; }
[hidden] { display: none !important; }
h1, h2, h3, p, ul, fieldset { margin: 0; padding: 0; border: 0; }
h1, h2 { font-size: 20px; line-height: 1.25; font-weight: 600; overflow-wrap: anywhere; }
h3, h2.small { font-size: 16px; font-weight: 600; }
.muted { color: var(--muted); } .fine { font-size: 14px; color: var(--muted); }
.row { display: flex; gap: var(--s2); align-items: center; flex-wrap: wrap; } .grow { flex: 1; min-width: 0; }
.stack { display: grid; gap: var(--s3); align-content: start; grid-template-columns: minmax(0, 1fr); }
.wrap { overflow-wrap: anywhere; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
svg.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
button, .button { font: inherit; font-weight: 550; color: var(--text); background: var(--panel); border: 1px solid var(--edge); border-radius: 10px; min-height: 44px; min-width: 44px; padding: 8px 16px; cursor: pointer; display: inline-flex; gap: 8px; align-items: center; justify-content: center; text-align: center; text-decoration: none; line-height: 1.25; touch-action: manipulation; }
button:hover:not(:disabled) { background: var(--sunk); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover:not(:disabled) { background: color-mix(in srgb, var(--accent) 90%, var(--text)); }
button.stop { background: var(--stop); border-color: var(--stop); color: var(--on-stop); }
button.stop:hover:not(:disabled) { background: color-mix(in srgb, var(--stop) 90%, var(--text)); }
button.quiet { border-color: transparent; background: transparent; }
button.quiet:hover:not(:disabled) { background: var(--sunk); }
button.link { border: 0; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; padding: 0 4px; font-weight: 400; }
button.icon-only { padding: 8px; }
button.stop svg[data-icon="stop"] { fill: currentColor; width: 16px; height: 16px; }
button:disabled { opacity: .55; cursor: default; }
button.wide { width: 100%; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button.primary:focus-visible, button.stop:focus-visible { outline-color: var(--text); }
a { color: var(--accent); text-underline-offset: 2px; } .said a { color: inherit; }
label { display: block; font-weight: 550; font-size: 14px; }
input, textarea, select { font: inherit; color: var(--text); background: var(--bg); border: 1px solid var(--edge); border-radius: 10px; padding: 10px 12px; min-height: 44px; width: 100%; margin-top: 4px; font-weight: 400; }
.option { display: flex; gap: 10px; align-items: center; min-height: 44px; cursor: pointer; font-weight: 400; } .option input { width: 20px; height: 20px; min-height: 0; margin: 0; flex: none; accent-color: var(--accent); }
.callback { border-top: 1px solid var(--line); padding-top: var(--s3); } .callback legend { font-weight: 550; padding: 0; } .callback fieldset { gap: 0; min-width: 0; } .callback .row > * { flex: 1 1 130px; } .callback .row > button { flex-basis: 145px; } .callback .row > label:first-child { flex-grow: 2; }
textarea { resize: vertical; display: block; } textarea.plain { resize: none; margin: 0; field-sizing: content; max-height: 8em; }
input::placeholder, textarea::placeholder { color: var(--muted); opacity: 1; }
[aria-invalid="true"] { border-color: var(--stop); }
summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; gap: 8px; color: var(--accent); border-radius: 6px; text-decoration: underline; text-underline-offset: 2px; list-style: none; }
summary::-webkit-details-marker { display: none; }
details ul, .points { padding-left: 20px; } .points li, details li { margin: 4px 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: var(--r-l); padding: var(--s6); box-shadow: var(--shadow); }
.note { border-radius: 10px; padding: 10px 12px; background: var(--sunk); overflow-wrap: anywhere; }
.note.bad { background: var(--stop-soft); color: var(--stop); } .note.wait { background: var(--wait-soft); color: var(--wait); } .note.good { background: var(--live-soft); color: var(--live); }
.scam { border: 1px solid var(--wait); border-radius: 10px; padding: 10px 12px; font-size: 14px; } .scam b { display: block; font-size: 16px; font-weight: 600; }
.bar { height: 8px; border-radius: 4px; background: var(--sunk); overflow: hidden; border: 1px solid var(--line); } .bar i { display: block; height: 100%; width: var(--part, 0%); background: var(--accent); border-radius: 4px; transition: width .15s; }
.dot { width: 10px; height: 10px; border-radius: 50%; background: currentColor; flex: none; }
.banner { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; background: var(--panel); border: 1px solid var(--line); border-left: 4px solid var(--live); border-radius: 12px; padding: 8px 8px 8px 12px; font-size: 15px; }
.banner.off { border-left-color: var(--muted); } .banner.rec { border-left-color: var(--stop); }
.banner .who { flex: 1 1 150px; min-width: 0; overflow-wrap: anywhere; } .banner .rec { color: var(--stop); display: flex; gap: 6px; align-items: center; }
.banner .live { color: var(--live); }
.face { width: 44px; height: 44px; border-radius: 50%; background: linear-gradient(135deg, #5b6b8c, #2b3447); color: #fff; display: grid; place-items: center; font-weight: 600; flex: none; }
.chat { display: flex; flex-direction: column; min-height: 0; gap: var(--s2); }
.lines { flex: 1; min-height: 80px; overflow-y: auto; display: flex; flex-direction: column; gap: 6px; padding: 4px; overscroll-behavior: contain; }
.lines > :first-child { margin-top: auto; }
.said { max-width: 88%; padding: 8px 12px; border-radius: 14px; background: var(--sunk); overflow-wrap: anywhere; white-space: pre-wrap; align-self: flex-start; }
.said.mine { align-self: flex-end; background: var(--accent-soft); } .said .by { display: block; font-size: 13px; color: var(--muted); white-space: normal; }
.said.mine.failed { outline: 1px solid var(--stop); }
.event { align-self: center; text-align: center; font-size: 14px; color: var(--muted); overflow-wrap: anywhere; padding: 0 8px; }
.file { align-self: flex-start; width: min(100%, 320px); border: 1px solid var(--line); border-radius: 12px; padding: 8px 12px; background: var(--panel); display: grid; gap: 6px; } .file.mine { align-self: flex-end; }
.file .name { font-weight: 550; overflow-wrap: anywhere; }
.compose { display: flex; gap: 6px; align-items: flex-end; } .compose label { flex: 1; min-width: 0; }
.stars { display: flex; gap: 2px; flex-wrap: wrap; } .stars label { position: relative; min-width: 44px; height: 44px; display: grid; place-items: center; cursor: pointer; color: var(--edge); border-radius: 8px; }
.stars input { position: absolute; inset: 0; opacity: 0; margin: 0; cursor: pointer; min-height: 0; } .stars label.on { color: var(--wait); } .stars label.on svg { fill: currentColor; }
.stars label:focus-within { outline: 3px solid var(--accent); }
.stars svg.icon { width: 28px; height: 28px; }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { button, .card, .banner, .said { border: 1px solid; } }
`
