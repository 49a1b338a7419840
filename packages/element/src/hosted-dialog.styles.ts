/** Styles that load with the walk and not before: the colours of a status, its reasons, the dialog. */
export const dialogStyles = new CSSStyleSheet()

dialogStyles.replaceSync(`
.good{--_tone:var(--didit-good,light-dark(#0b7a46,#5fd49b))}
.bad{--_tone:var(--didit-bad,light-dark(#b3261e,#ff9d94))}
.wait,.alert{--_tone:var(--didit-wait,light-dark(#8a5300,#f5c26b))}
a{text-decoration:none}
.busy svg{animation:spin 1s linear infinite}
@keyframes spin{to{rotate:1turn}}
:is(button,a):hover{filter:brightness(1.1)}
:disabled,[aria-disabled=true]{opacity:.6;cursor:default;filter:none}
ul{padding-inline-start:1.125rem;margin-block-start:.5rem;text-align:start;color:var(--_muted);font-size:.9375rem}
dialog{inline-size:min(var(--didit-width,500px),100vw - 2rem);block-size:min(var(--didit-height,700px) + 57px,90dvh);max-inline-size:none;max-block-size:none;margin:auto;padding:0;overflow:clip;color:inherit;background:var(--_surface);border:1px solid var(--_line);border-radius:var(--_radius);box-shadow:0 24px 64px #0005}
:is(dialog,.words):focus{outline:0}
dialog[open]{display:flex;flex-direction:column;animation:rise .2s ease-out}
dialog::backdrop{background:var(--didit-backdrop,#0a0e18a6)}
.header{display:flex;align-items:center;justify-content:space-between;gap:1rem;padding:.375rem;padding-inline-start:1.25rem;border-block-end:1px solid var(--_line)}
.close{padding:0;inline-size:44px;color:var(--_muted);background:none}
.close:hover{color:var(--_text);background:var(--_line)}
.body{position:relative;flex:1;min-block-size:0}
iframe{display:block;inline-size:100%;block-size:100%;border:0;color-scheme:light}
.panel{position:absolute;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:.5rem;padding:2rem 1.5rem;overflow:auto;text-align:center;text-wrap:balance;overscroll-behavior:contain;background:var(--_surface)}
.panel .icon{font-size:1.625rem;margin-block-end:.5rem}
.panel .title{font-size:1.375rem}
.panel .hint{max-inline-size:22rem;font-size:1rem}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;inline-size:min(100%,22rem);margin-block-start:1.25rem}
.actions>*{flex:1 auto}
.quiet{color:var(--_text);background:none;border-color:var(--_line)}
.said{position:absolute;clip-path:inset(50%)}
@keyframes rise{from{opacity:0;translate:0 12px}}
@media(max-width:540px){dialog{inline-size:100vw;block-size:100dvh;border:0;border-radius:0}}
@media(prefers-reduced-motion:reduce){dialog[open]{animation:none}.busy svg{animation-duration:4s}}
@media(forced-colors:active){.icon{border:1px solid}button,a{border-color:currentColor}:disabled,[aria-disabled=true]{opacity:1;color:GrayText}}
`)
