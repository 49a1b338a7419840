import { css } from 'lit'

/**
 * Styles of the card, which is on the page before and after a walk.
 *
 * Rules are not indented: the string is shipped unchanged.
 */
export const cardStyles = css`
:host{
--_accent:var(--didit-accent,light-dark(#2452d6,#8fb2ff));
--_on-accent:var(--didit-on-accent,light-dark(#fff,#0c1a3d));
--_surface:var(--didit-surface,light-dark(#fff,#16191f));
--_text:var(--didit-text,light-dark(#171b24,#eef1f6));
--_muted:var(--didit-muted,light-dark(#566072,#a7b0c0));
--_line:var(--didit-border,light-dark(#dde2ea,#343b47));
--_radius:var(--didit-radius,14px);
display:block;
max-inline-size:28rem;
color:var(--_text);
font:400 1rem/1.45 var(--didit-font,system-ui,sans-serif);
}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box;margin:0}
.card{display:grid;grid-template-columns:auto 1fr;gap:1rem;padding:1.25rem;background:var(--_surface);border:1px solid var(--_line);border-radius:var(--_radius)}
.title{font-size:1.0625rem;font-weight:600}
.hint{color:var(--_muted);font-size:.9375rem;margin-block-start:2px}
.icon{display:grid;place-items:center;inline-size:2.75em;block-size:2.75em;border-radius:50%;color:var(--_tone,var(--_accent));background:color-mix(in srgb,currentColor 12%,transparent)}
svg{inline-size:1.5em;block-size:1.5em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button,a{display:grid;place-items:center;min-block-size:44px;padding:.5rem 1.25rem;font:inherit;font-weight:600;color:var(--_on-accent);background:var(--_accent);border:1px solid transparent;border-radius:calc(var(--_radius)*.65);cursor:pointer}
[aria-busy=true]>*{animation:wait 3s step-end}
@keyframes wait{from{visibility:hidden}}
:focus-visible{outline:3px solid var(--_accent);outline-offset:2px}
.card>button{grid-column:1/-1}
`
