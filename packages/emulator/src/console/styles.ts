/** Styles of the console, in addition to those of the hosted page. */
export const consoleStyles = `
main { max-inline-size: 66rem; }
main > h2 { margin-block-start: .5rem; }
h2 { margin: 0 0 .5rem; font-size: 1.0625rem; line-height: 1.3; }
h3 { margin: 0; font-size: .9375rem; }
a { color: var(--accent); }
code, pre { font: .8125rem/1.5 ui-monospace, 'Liberation Mono', monospace; }
pre { max-block-size: 24rem; margin: .5rem 0 0; padding: .75rem; overflow: auto; border-radius: .5rem; background: var(--ground); }
code { overflow-wrap: anywhere; }
header .close { inline-size: auto; font-size: .875rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem .5rem; }
nav a {
  display: inline-flex;
  align-items: center;
  min-block-size: 2.75rem;
  padding-inline: .75rem;
  border-block-end: 3px solid transparent;
  color: inherit;
  text-decoration: none;
}
nav a:hover { border-color: var(--line); }
nav [aria-current] { border-color: var(--accent); font-weight: 600; }
.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; }
.rows { display: grid; gap: .5rem; margin: 0; padding: 0; list-style: none; }
.row {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: .125rem 1rem;
  align-items: start;
  padding: .75rem 1rem;
  border: 1px solid var(--line);
  border-radius: .625rem;
  background: var(--card);
}
.row > :first-child { overflow-wrap: anywhere; }
.row > form { margin-block-start: .5rem; }
.row > form, .row > .facts, .row > .notes, .row > details { grid-column: 1 / -1; }
.name { display: inline-flex; align-items: center; min-block-size: 1.75rem; font-weight: 600; }
.facts {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(8.5rem, 100%), 1fr));
  gap: .5rem 1rem;
  margin: 0;
  font-size: .875rem;
}
.facts > div { min-inline-size: 0; }
dt { color: var(--muted); font-size: .8125rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dd dl { padding-inline-start: .75rem; border-inline-start: 2px solid var(--line); }
dl { display: grid; gap: .375rem; margin: 0; }
.hint { min-height: 0; margin-block: 0 .5rem; }
.badge {
  display: inline-block;
  padding: .0625rem .5rem;
  border: 1px solid currentColor;
  border-radius: 1rem;
  color: var(--muted);
  font-size: .8125rem;
  font-weight: 600;
  white-space: nowrap;
}
.badge.good { color: var(--good); }
.badge.bad { color: var(--alert); }
.badge.wait { color: var(--wait); }
.filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 100%), 1fr)); gap: .5rem .75rem; align-items: end; }
.filters > div > :is(input, select) { margin: 0; }
input, textarea {
  inline-size: 100%;
  min-block-size: 2.75rem;
  padding: .375rem .625rem;
  border: 1px solid var(--line);
  border-radius: .5rem;
  background: var(--card);
  color: inherit;
  font: inherit;
}
textarea { min-block-size: 8rem; font: .8125rem/1.5 ui-monospace, 'Liberation Mono', monospace; }
input:focus-visible, textarea:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { min-block-size: 2.75rem; align-content: center; cursor: pointer; font-weight: 600; }
.inline { margin-block-start: .875rem; display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; }
.inline > div { flex: 1 1 12rem; }
.inline > div > :is(select, input) { margin: 0; }
.switches { display: flex; flex-wrap: wrap; gap: .5rem; }
.switches button[aria-pressed='true'] { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.warnings { display: grid; gap: .375rem; margin: .5rem 0; padding: 0; list-style: none; font-size: .875rem; }
.warnings li { padding-inline-start: .625rem; border-inline-start: 3px solid var(--line); }
.warnings .error { border-color: var(--alert); }
.warnings .warning { border-color: var(--lab-line); }
.pictures { display: flex; flex-wrap: wrap; gap: .5rem; margin-block: .5rem; }
.pictures img { block-size: 6.5rem; max-inline-size: 100%; border-radius: .375rem; background: var(--ground); }
.danger { border-color: var(--alert); color: var(--alert); }
.said { padding: .625rem .875rem; border: 1px solid var(--alert); border-radius: .5rem; color: var(--alert); }
:root { --good: #1c6b34; --wait: #7a5200; }
@media (prefers-color-scheme: dark) { :root { --good: #7fd39a; --wait: #f0c568; } }
@media (min-width: 40rem) { .facts { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); } }
@media (forced-colors: active) {
  nav [aria-current], .switches button[aria-pressed='true'] { border-color: Highlight; }
}
`
