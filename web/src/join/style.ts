/** The session window fills the page. */
export const WINDOW = `
:host { display: block; min-height: 100vh; min-height: 100dvh; background: var(--bg); }
.center { min-height: 100vh; min-height: 100dvh; display: grid; place-content: center; grid-template-columns: minmax(0, 420px); padding: 16px; gap: 16px; }
@media (min-width: 900px) { .center.pair { grid-template-columns: repeat(2, minmax(0, 400px)); align-items: start; } }
.center .card { padding: clamp(16px, 5vw, 24px); }
.row > a { min-height: 44px; display: inline-flex; align-items: center; }
.kept { display: grid; height: 280px; border-top: 1px solid var(--line); padding-top: 8px; }
.company { font-weight: 600; font-size: 14px; color: var(--muted); overflow-wrap: anywhere; }
.number { font-size: 28px; letter-spacing: .06em; text-align: center; font-variant-numeric: tabular-nums; }
.checks { list-style: none; display: grid; gap: 10px; } .check-row { display: flex; gap: 10px; align-items: flex-start; }
.check-row .sign { color: var(--muted); height: 24px; display: grid; place-items: center; }
.check-row.good .sign { color: var(--live); } .check-row.bad .sign, .check-row.slow .sign, .check-row.narrow .sign { color: var(--wait); }
.check-row .switch { border: 0; background: none; padding: 0; margin: -10px 0; flex: none; } .check-row .switch:hover:not(:disabled) { background: none; } .check-row .switch:hover i { border-color: var(--text); }
.switch i { width: 44px; height: 26px; border-radius: 13px; border: 1px solid var(--edge); background: var(--sunk); display: block; position: relative; }
.switch i::after { content: ""; position: absolute; left: 3px; top: 3px; width: 18px; height: 18px; border-radius: 50%; background: var(--edge); transition: transform .12s; }
.switch[aria-checked="true"] i { background: var(--live); border-color: var(--live); } .switch[aria-checked="true"] i::after { background: var(--panel); transform: translateX(18px); }
@media (forced-colors: active) { .switch[aria-checked="true"] i { background: Highlight; forced-color-adjust: none; } }
.level { max-width: 200px; margin-top: 6px; } .level i { background: var(--live); transition: none; }
.languages a { display: inline-flex; align-items: center; min-height: 44px; min-width: 44px; }
video { display: block; width: 100%; background: #000; border-radius: 12px; object-fit: contain; }
video.self { max-width: 200px; aspect-ratio: 16 / 9; object-fit: cover; } video.mirror { transform: scaleX(-1); }
.room { height: 100vh; height: 100dvh; display: grid; grid-template: "top top" auto "stage side" minmax(0, 1fr) "controls side" auto / minmax(0, 1fr) 380px; }
.top { grid-area: top; padding: 8px 12px; background: var(--panel); border-bottom: 1px solid var(--line); display: grid; gap: 8px; grid-template-columns: minmax(0, 1fr); }
.top .line { display: flex; gap: 8px; align-items: center; min-height: 44px; } .top .line h1 { font-size: 16px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@media (max-width: 400px) { .top .line { gap: 0; } .top .line button { padding: 8px; } .top .line svg { display: none; } }
.stage { grid-area: stage; min-height: 0; padding: 12px; display: flex; flex-direction: column; gap: 12px; position: relative; overflow: auto; }
.big { flex: 1; min-height: 120px; display: grid; place-items: center; background: var(--sunk); border-radius: 16px; overflow: hidden; position: relative; }
.big > video { width: 100%; height: 100%; position: absolute; inset: 0; background: transparent; }
.big .empty { display: grid; gap: 8px; justify-items: center; text-align: center; padding: 16px; } .big .face { width: 88px; height: 88px; font-size: 30px; }
.big > .over { position: absolute; inset: 0; } .controlling { flex-wrap: wrap; } .controlling > .grow { flex: 1 1 200px; } .controlling > .grow { display: grid; } .one-of { display: grid; } .one-of > * { grid-area: 1 / 1; } .one-of > [data-away] { visibility: hidden; } .copied { flex-wrap: nowrap; } .copied .cut { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ask .code { font-family: ui-monospace, monospace; font-size: 14px; } .ask output { display: block; } .ask .staying { position: sticky; bottom: 0; background: var(--panel); box-shadow: 0 0 0 6px var(--panel), 0 24px 0 6px var(--panel); } .ask .staying + .fine { position: relative; }
.tiles { display: flex; gap: 8px; flex-wrap: wrap; }
.tile { position: relative; width: 168px; aspect-ratio: 16 / 9; border-radius: 12px; overflow: hidden; background: #000; box-shadow: 0 0 0 2px var(--panel); } .tile video { width: 100%; height: 100%; object-fit: cover; border-radius: 0; }
.tag { position: absolute; left: 6px; bottom: 6px; max-width: calc(100% - 12px); background: rgb(0 0 0 / .7); color: #fff; border-radius: 6px; padding: 1px 8px; font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.side { grid-area: side; min-height: 0; display: flex; flex-direction: column; gap: 10px; padding: 12px; background: var(--panel); border-left: 1px solid var(--line); } .side .chat { flex: 1; }
.controls { grid-area: controls; display: flex; gap: 8px; flex-wrap: wrap; justify-content: center; padding: 8px 12px 12px; }
.controls button.on { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.controls button.off-air { background: var(--stop-soft); border-color: var(--stop); color: var(--stop); }
dialog { border: 1px solid var(--line); color: var(--text); background: var(--panel); border-radius: 16px; padding: clamp(16px, 5vw, 24px); width: min(440px, calc(100vw - 24px)); max-height: calc(100dvh - 24px); overflow: auto; box-shadow: var(--shadow); }
dialog::backdrop { background: rgb(10 12 16 / .55); }
dialog h2:focus { outline: none; }
@media (max-width: 760px) {
  .room { grid-template: "top" auto "stage" minmax(150px, 38%) "controls" auto "side" minmax(0, 1fr) / minmax(0, 1fr); min-height: 560px; }
  .room:has(.over) { grid-template-rows: auto minmax(340px, 55%) auto minmax(180px, 1fr); min-height: 800px; } .controlling, .copied { font-size: 14px; padding: 6px 8px; } .controlling button { flex: 1 1 auto; } .controlling .pastes { display: none; }
  .side { border-left: 0; border-top: 1px solid var(--line); padding: 8px 12px; } .stage { padding: 8px 12px; } .controls { padding: 0 12px 8px; }
  .controls { gap: 6px; } .controls button { padding: 8px 10px; font-size: 15px; flex: 1 1 auto; } .controls button.icon-only { flex: 0 0 auto; }
  .big .face { width: 56px; height: 56px; font-size: 20px; } .big .empty { padding: 8px; gap: 4px; }
  .tile { width: 96px; } .stage .tiles { position: absolute; right: 20px; bottom: 16px; }
}
`
