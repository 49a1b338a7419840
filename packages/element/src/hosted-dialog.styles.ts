import { css } from 'lit'

/** The dialog: comes with the walk, not with the first load. */
export const dialogStyles = css`
dialog{inline-size:min(var(--didit-width,500px),100vw - 2rem);block-size:min(var(--didit-height,700px) + 57px,90dvh);max-inline-size:none;max-block-size:none;margin:auto;padding:0;overflow:clip;overscroll-behavior:contain;color:inherit;background:var(--_surface);border:1px solid var(--_line);border-radius:var(--_radius);box-shadow:0 24px 64px #0005}
dialog:focus{outline:0}
dialog[open]{display:flex;flex-direction:column;animation:rise .2s ease-out}
dialog::backdrop{background:var(--didit-backdrop,#0a0e18a6)}
.header{display:flex;align-items:center;justify-content:space-between;gap:1rem;padding-block:.375rem;padding-inline:1.25rem .375rem;border-block-end:1px solid var(--_line)}
.close{padding:0;inline-size:44px;color:var(--_muted);background:none}
.close:hover{color:var(--_text);background:var(--_line)}
.body{position:relative;flex:1;min-block-size:0;overscroll-behavior:contain}
iframe{display:block;inline-size:100%;block-size:100%;border:0;color-scheme:light}
.panel{position:absolute;inset:0;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:.5rem;padding:2rem 1.5rem;overflow:auto;text-align:center;text-wrap:balance;background:var(--_surface)}
.panel .icon{inline-size:4.5rem;block-size:4.5rem;margin-block-end:.5rem}
.panel svg{inline-size:2.25rem;block-size:2.25rem}
.panel .title{font-size:1.375rem}
.panel .hint{max-inline-size:22rem;font-size:1rem}
.actions{display:flex;flex-wrap:wrap;justify-content:center;gap:.75rem;margin-block-start:1.25rem}
.quiet{color:var(--_text);background:none;border-color:var(--_line)}
.leave{background:color-mix(in srgb,var(--_surface) 94%,transparent)}
.said{position:absolute;inline-size:1px;block-size:1px;overflow:clip;clip-path:inset(50%);white-space:nowrap}
@keyframes rise{from{opacity:0;translate:0 12px}}
@media(max-width:540px){dialog{inline-size:100vw;block-size:100dvh;border:0;border-radius:0}}
@media(prefers-reduced-motion:reduce){dialog[open]{animation:none}}
@media(forced-colors:active){.close,.quiet,button,a{border-color:currentColor}}
`
