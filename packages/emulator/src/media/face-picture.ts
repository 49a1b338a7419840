import type { Appearance } from '../personas/people.ts'

/** Draws a face in simple shapes, 200 wide and 240 high, as SVG content without an `svg` element. */
export function drawFace({ skin, hair, hairstyle, shirt, hasGlasses, hasBeard }: Appearance): string {
  const behind: Readonly<Record<Appearance['hairstyle'], string>> = {
    bob: '<path d="M48 104c0-46 20-72 52-72s52 26 52 72v44c0 8-10 12-18 8H66c-8 4-18 0-18-8z"/>',
    long: '<path d="M46 104c0-48 20-74 54-74s54 26 54 74v84c0 8-14 12-22 8H68c-8 4-22 0-22-8z"/>',
    bun: '<circle cx="100" cy="30" r="20"/><path d="M52 104c0-44 18-66 48-66s48 22 48 66z"/>',
    curls:
      '<circle cx="64" cy="62" r="24"/><circle cx="88" cy="42" r="24"/><circle cx="116" cy="42" r="24"/><circle cx="138" cy="64" r="23"/><circle cx="54" cy="90" r="18"/><circle cx="147" cy="90" r="18"/>',
    short: '<path d="M54 100c-4-44 16-66 46-66s50 22 46 66z"/>',
    bald: '<path d="M52 112c-4-22 2-34 8-40v40zM148 112c4-22-2-34-8-40v40z"/>',
  }
  const before: Readonly<Record<Appearance['hairstyle'], string>> = {
    bob: '<path d="M56 92c2-36 18-50 44-50s42 14 44 50c-20-2-36-10-46-26-8 14-22 24-42 26z"/>',
    long: '<path d="M56 100c0-40 16-58 44-58s44 18 44 58c-10-12-26-30-44-46-16 18-32 32-44 46z"/>',
    bun: '<path d="M56 88c4-30 18-44 44-44s40 14 44 44c-16-14-28-20-44-20s-28 6-44 20z"/>',
    curls:
      '<circle cx="70" cy="66" r="13"/><circle cx="88" cy="57" r="14"/><circle cx="108" cy="56" r="14"/><circle cx="128" cy="65" r="13"/>',
    short: '<path d="M56 86c2-32 18-46 44-46s42 14 44 46c-12-6-20-14-26-20-18 6-40 8-62 20z"/>',
    bald: '',
  }
  const beard = hasBeard
    ? `<path d="M58 120c2 40 20 58 42 58s40-18 42-58c-6 20-14 26-24 24-8-4-28-4-36 0-10 2-18-4-24-24z" fill="${hair}"/><path d="M84 142q16-8 32 0-16 6-32 0z" fill="${hair}"/>`
    : ''
  const glasses = hasGlasses
    ? '<g fill="#fff" fill-opacity=".25" stroke="#2b2f36" stroke-width="3"><rect x="63" y="96" width="31" height="23" rx="9"/><rect x="106" y="96" width="31" height="23" rx="9"/><path d="M94 104q6-4 12 0M63 104l-9-3M137 104l9-3" fill="none"/></g>'
    : ''
  return `<g fill="${hair}">${behind[hairstyle]}</g>
<path d="M20 240c0-40 28-56 60-58h40c32 2 60 18 60 58z" fill="${shirt}"/>
<path d="M82 160h36v30q-18 16-36 0z" fill="${skin}"/><path d="M82 168q18 16 36 0v8q-18 16-36 0z" fill="#000" fill-opacity=".12"/>
<g fill="${skin}"><circle cx="53" cy="112" r="9"/><circle cx="147" cy="112" r="9"/><path d="M54 100c0-36 18-56 46-56s46 20 46 56c0 48-20 76-46 76s-46-28-46-76z"/></g>
${beard}<g fill="${hair}">${before[hairstyle]}</g>
<g fill="none" stroke="${hair}" stroke-width="4" stroke-linecap="round"><path d="M68 93q10-6 21-1M132 93q-10-6-21-1"/></g>
<g><ellipse cx="79" cy="107" rx="8" ry="6" fill="#fff"/><ellipse cx="121" cy="107" rx="8" ry="6" fill="#fff"/><circle cx="79" cy="107" r="4.4" fill="#33271f"/><circle cx="121" cy="107" r="4.4" fill="#33271f"/><circle cx="80.500" cy="105.500" r="1.400" fill="#fff"/><circle cx="122.500" cy="105.500" r="1.400" fill="#fff"/></g>
<path d="M100 110q-6 14-5 18 5 4 11 1" fill="none" stroke="#000" stroke-opacity=".28" stroke-width="3" stroke-linecap="round"/>
<path d="M84 149q16 12 32 0-16 4-32 0z" fill="#a4453f" stroke="#8c3733" stroke-width="2" stroke-linejoin="round"/>${glasses}`
}
