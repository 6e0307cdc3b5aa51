/** Where button, panel and banner stand on the company's page. */
export const PLACE = `
:host { display: contents; --wide: 100vw; --tall: 100dvh; }
:host([data-part]) { --wide: var(--sight-w); --tall: var(--sight-h); }
.place { position: fixed; inset: auto 0 0 auto; z-index: 2147483000; width: 0; height: 0; }
:host([data-part]) .place { inset: var(--sight-y) auto auto var(--sight-x); width: var(--sight-w); height: var(--sight-h); transform: scale(var(--sight-s)); transform-origin: 0 0; pointer-events: none; }
.dock, .panel { pointer-events: auto; }
.dock { position: fixed; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); display: flex; flex-direction: column; gap: 12px; align-items: flex-end; max-width: calc(var(--wide) - 32px); }
.launch { border-radius: 99px; min-height: 52px; padding: 12px 20px; box-shadow: var(--shadow); }
.launch.seen { outline: 3px solid var(--live); outline-offset: 3px; }
.launch.seen:focus-visible { outline: 3px solid var(--text); }
.launch .count { background: var(--on-accent); color: var(--accent); border-radius: 99px; min-width: 24px; padding: 0 7px; font-size: 14px; line-height: 24px; }
.panel { position: fixed; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); width: min(384px, calc(var(--wide) - 32px)); max-height: min(680px, calc(var(--tall) - 32px)); display: flex; flex-direction: column; padding: 0; overflow: hidden; animation: in .14s ease-out; }
@keyframes in { from { opacity: 0; transform: translateY(8px); } }
.head { display: flex; gap: 8px; align-items: center; padding: 8px 8px 8px 20px; border-bottom: 1px solid var(--line); }
.head .title { flex: 1; min-width: 0; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.body { padding: 16px 20px 20px; overflow-y: auto; display: flex; flex-direction: column; gap: 14px; min-height: 0; flex: 1; }
.body > .banner { position: sticky; top: -16px; z-index: 1; margin: 0 -8px; }
.panel.talk { height: min(680px, calc(var(--tall) - 32px)); }
.panel.talk .body { padding: 12px; gap: 10px; }
.body > * { flex-shrink: 0; }
.panel.talk .chat { flex: 1 0 240px; } .panel.talk .chat .lines { flex-basis: 0; }
.ask { padding: 16px; }
.ask .points ~ .row { position: sticky; bottom: -12px; padding: 8px 0; background: var(--panel); border-top: 1px solid var(--line); }
.kept { display: grid; height: 260px; border-top: 1px solid var(--line); padding-top: 8px; }
.dock > .banner { width: min(384px, calc(var(--wide) - 32px)); box-shadow: var(--shadow); }
@media (max-width: 480px) {
  .panel { left: 0; right: 0; bottom: 0; width: auto; border-radius: 16px 16px 0 0; max-height: calc(var(--tall) - 24px); }
  .panel.talk { height: calc(var(--tall) - 24px); }
  .dock.told { left: 8px; right: 8px; bottom: max(8px, env(safe-area-inset-bottom)); flex-direction: row; align-items: center; gap: 6px; max-width: none; }
  .dock.told > .banner { flex: 1; width: auto; min-width: 0; flex-wrap: nowrap; gap: 4px; padding: 4px 4px 4px 8px; font-size: 14px; line-height: 1.25; }
  .dock.told .who { flex-basis: 0; } .dock.told .fine { display: none; }
  .dock.told .launch { position: relative; padding: 0; width: 52px; flex: none; outline-offset: 0; }
  .dock.told .word { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .dock.told .count { position: absolute; top: -6px; right: -4px; }
}
@media (max-width: 400px) {
  .panel.talk .body { padding: 8px; gap: 8px; } .ask .points ~ .row { bottom: -8px; } .panel.talk .head { padding: 2px 4px 2px 14px; }
  .panel .banner { flex-wrap: nowrap; padding: 0 0 0 8px; margin: 0; top: -8px; gap: 6px; font-size: 14px; line-height: 1.2; }
  .panel .banner .who { flex-basis: 0; } .panel .banner .fine { display: none; }
  .panel .banner button { border-radius: 0 10px 10px 0; padding: 8px 12px; align-self: stretch; }
  .acts { display: flex; flex-wrap: wrap; gap: 6px; } .acts > * { flex: 1 0 100%; } .acts > button { flex: 1 1 0; padding: 4px 10px; line-height: 1.15; font-size: 15px; } .acts > button.quiet { flex: 0 0 auto; width: auto; }
}
@media print { .place { display: none; } }
`
