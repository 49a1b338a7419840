/** Style sheet of the hosted page. It loads no fonts or pictures. */
export const hostedPageStyles = `
:root {
  --ground: #eef1f5;
  --card: #fff;
  --text: #16202c;
  --muted: #55616f;
  --line: #cfd6de;
  --accent: #1f5fbf;
  --on-accent: #fff;
  --alert: #a3261f;
  --lab: #fff7e0;
  --lab-line: #d9a400;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b;
    --card: #19212a;
    --text: #edf1f5;
    --muted: #a9b4c0;
    --line: #3a4653;
    --accent: #8ab8ff;
    --on-accent: #0a1a30;
    --alert: #ff9d95;
    --lab: #2a2412;
    --lab-line: #a98a2c;
  }
}
* { box-sizing: border-box; }
/* Keeps the focused element visible above the sticky panel at the bottom. */
html { scroll-padding-block-end: 10rem; }
[hidden] { display: none !important; }
body {
  display: flex;
  flex-direction: column;
  min-block-size: 100vh;
  min-block-size: 100dvh;
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif;
}
/* The embedding page sizes its frame by the height of the content, so the content must not stretch to the frame. */
[data-presentation='embedded'] body { min-block-size: 0; }
header {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: .75rem;
  min-height: 3.25rem;
  padding: .25rem 1rem;
  background: var(--lab);
  border-block-end: 1px solid var(--lab-line);
}
.card section > :last-child { margin-block-end: 0; }
.brand { margin: 0; font-size: .8125rem; line-height: 1.35; }
.brand strong { display: block; font-size: .9375rem; }
.close {
  flex: none;
  inline-size: 2.75rem;
  padding: 0;
  border-color: transparent;
  background: none;
  font-size: 1.5rem;
  line-height: 1;
}
main {
  flex: 1;
  display: flex;
  flex-direction: column;
  gap: .875rem;
  inline-size: 100%;
  max-inline-size: 30rem;
  margin-inline: auto;
  padding: 1rem;
}
.progress { display: grid; grid-auto-columns: 1fr; grid-auto-flow: column; gap: .5rem; margin: 0; padding: 0; list-style: none; }
.progress li {
  padding-block-start: .375rem;
  border-block-start: 3px solid var(--line);
  color: var(--muted);
  font-size: .8125rem;
}
.progress [aria-current] { border-color: var(--accent); color: var(--text); font-weight: 600; }
/* So many names do not fit side by side on a phone. Only the current one is visible; screen readers read all of them. */
.many { grid-auto-columns: auto; grid-template-columns: repeat(auto-fit, minmax(1.25rem, 1fr)); gap: .25rem; }
.many [aria-current] { grid-column: span 2; }
.many li:not([aria-current]) span {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.card {
  padding: 1.125rem 1.25rem;
  border: 1px solid var(--line);
  border-radius: .75rem;
  background: var(--card);
}
h1 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
h1:focus { outline: none; }
p { margin: 0 0 .875rem; }
.hint { min-height: 1.5em; margin-block: .5rem; color: var(--muted); font-size: .875rem; }
.notice { margin: 1rem 0 0; color: var(--alert); }
label { display: block; margin-block-end: .25rem; font-size: .875rem; font-weight: 600; }
select, input, textarea {
  inline-size: 100%;
  min-block-size: 2.75rem;
  margin-block-end: .875rem;
  padding-inline: .625rem;
  border: 1px solid var(--line);
  border-radius: .5rem;
  background: var(--card);
  color: inherit;
  font: inherit;
}
/* Only its border separates a field from the card, so the border needs the contrast of text. */
select, input, textarea { border-color: var(--muted); }
textarea { padding-block: .5rem; resize: vertical; }
input[type='file'] { padding: .5rem; border-style: dashed; }
[aria-invalid='true'] { border-color: var(--alert); border-width: 2px; }
fieldset { margin: 0 0 .875rem; padding: 0; border: 0; }
legend { margin-block-end: .25rem; padding: 0; font-size: .875rem; font-weight: 600; }
.optional { color: var(--muted); font-weight: 400; }
.choice { display: flex; align-items: center; gap: .5rem; min-block-size: 2.75rem; }
.choice input { flex: none; inline-size: 1.25rem; block-size: 1.25rem; min-block-size: 0; margin: 0; accent-color: var(--accent); }
.choice label { flex: 1; margin: 0; padding-block: .5rem; font-weight: 400; }
.fault { margin-block: -.5rem .875rem; color: var(--alert); font-size: .875rem; }
fieldset + .fault, .choice + .fault { margin-block-start: 0; }
.question .hint { min-height: 0; margin-block: 0 .25rem; }
.letter { block-size: 7rem; margin-block-end: .875rem; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
button, .button {
  min-block-size: 2.75rem;
  padding: .375rem 1rem;
  border: 1px solid var(--line);
  border-radius: .5rem;
  background: var(--card);
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.button { display: inline-flex; align-items: center; text-decoration: none; }
button:hover:not(:disabled), .button:hover { border-color: var(--accent); }
button:disabled { opacity: .55; cursor: default; }
.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.quiet { border-color: transparent; background: none; color: var(--accent); }
:is(button, a, select, input, textarea):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.viewfinder {
  position: relative;
  display: grid;
  place-items: center;
  block-size: 11.5rem;
  overflow: hidden;
  border-radius: .5rem;
  background: var(--ground);
}
.viewfinder svg { inline-size: 70%; max-block-size: 80%; }
.viewfinder video { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
.selfie video { transform: scaleX(-1); }
.paper { fill: var(--card); stroke: var(--muted); stroke-width: 2; stroke-dasharray: 5 4; }
.ink { fill: var(--line); }
.line { fill: none; stroke: var(--line); stroke-width: 5; stroke-linecap: round; }
.faint { opacity: .6; }
/* Always visible, even in a low frame, so that a test does not have to scroll. */
.outcomes {
  position: sticky;
  inset-block-end: 0;
  padding: .625rem .75rem .75rem;
  border: 1px dashed var(--lab-line);
  border-radius: .75rem;
  background: var(--lab);
}
.outcomes p { margin: 0 0 .5rem; font-size: .875rem; font-weight: 600; }
.outcomes div { display: grid; grid-template-columns: repeat(6, 1fr); gap: .375rem; }
.outcomes button { grid-column: span 2; padding-inline: .125rem; font-size: .8125rem; white-space: nowrap; }
.outcomes button:nth-child(n + 4) { grid-column: span 3; }
/* In a low frame, the buttons of a step stay visible above the outcomes. */
@media (max-height: 42rem) {
  .viewfinder { block-size: 8.5rem; }
  .letter { block-size: 4.5rem; }
  .outcomes { padding-block: .375rem .5rem; }
  .outcomes p { margin-block-end: .25rem; }
}
footer { margin-block-start: auto; color: var(--muted); font-size: .8125rem; }
@media (forced-colors: active) { .progress [aria-current] { border-color: Highlight; } }
`
