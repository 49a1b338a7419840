import { css } from 'lit'

/**
 * The card: what is on the page before, between and after walks.
 *
 * Written without indentation inside the rules: these strings are shipped as they stand.
 */
export const cardStyles = css`
:host{
--_accent:var(--didit-accent,light-dark(#2452d6,#8fb2ff));
--_on-accent:var(--didit-on-accent,light-dark(#fff,#0c1a3d));
--_surface:var(--didit-surface,light-dark(#fff,#16191f));
--_text:var(--didit-text,light-dark(#171b24,#eef1f6));
--_muted:var(--didit-muted,light-dark(#566072,#a7b0c0));
--_line:var(--didit-border,light-dark(#dde2ea,#343b47));
--_good:var(--didit-good,light-dark(#0b7a46,#5fd49b));
--_bad:var(--didit-bad,light-dark(#b3261e,#ff9d94));
--_wait:var(--didit-wait,light-dark(#8a5300,#f5c26b));
--_radius:var(--didit-radius,14px);
display:block;
max-inline-size:28rem;
color:var(--_text);
font:400 1rem/1.45 var(--didit-font,system-ui,sans-serif);
}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0}
.card{display:grid;grid-template-columns:auto 1fr;gap:1rem;padding:1.25rem;background:var(--_surface);border:1px solid var(--_line);border-radius:var(--_radius)}
.words{outline:0}
.title{font-size:1.0625rem;font-weight:600;text-wrap:balance}
.hint,ul{color:var(--_muted);font-size:.9375rem;margin-block-start:.125rem}
ul{padding-inline-start:1.125rem;margin-block-start:.5rem;text-align:start}
.icon{display:grid;place-items:center;inline-size:2.75rem;block-size:2.75rem;border-radius:50%;color:var(--_tone,var(--_accent));background:color-mix(in srgb,currentColor 12%,transparent)}
svg{inline-size:1.5rem;block-size:1.5rem;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.good{--_tone:var(--_good)}
.bad{--_tone:var(--_bad)}
.wait,.alert{--_tone:var(--_wait)}
.busy svg{animation:spin 1s linear infinite}
button,a{display:inline-flex;align-items:center;justify-content:center;min-block-size:44px;padding:.5rem 1.25rem;font:inherit;font-weight:600;text-decoration:none;color:var(--_on-accent);background:var(--_accent);border:1px solid transparent;border-radius:calc(var(--_radius)*.65);cursor:pointer}
:is(button,a):hover{filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--_accent);outline-offset:2px}
.card>button{grid-column:1/-1}
:disabled,[aria-disabled=true]{opacity:.6;cursor:default;filter:none}
@keyframes spin{to{rotate:1turn}}
@media(prefers-reduced-motion:reduce){*{animation-duration:4s!important;transition:none!important}}
@media(forced-colors:active){.icon{border:1px solid}:disabled,[aria-disabled=true]{opacity:1;color:GrayText;border-color:GrayText}}
`
