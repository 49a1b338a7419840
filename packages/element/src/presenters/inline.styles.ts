/**
 * Styles of the dialog as a part of the page, in place of the card. Adopted only while it is shown in this mode.
 *
 * On screens of 540 px and less the dialog is modal, and `dialogStyles` applies.
 */
export const inlineStyles = `
:host{max-inline-size:calc(var(--didit-width,500px) + 2px)}
.card:has(~dialog[open]:not(:modal)){display:none}
dialog{color-scheme:var(--_scheme)}
dialog:not(:modal){position:relative;inset:auto;inline-size:100%;block-size:auto;max-block-size:90dvh;margin:0;box-shadow:none;animation:none}
dialog:not(:modal)>.body{flex:0 1 var(--didit-height,700px)}
@media(max-width:1023.98px){dialog:not(:modal)>.body{flex-basis:clamp(20rem,var(--_content,700px),90dvh)}}
`
