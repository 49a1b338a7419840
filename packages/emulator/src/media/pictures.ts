import { addressProofOf, type ProofOfAddress } from '../decision/address-proof.ts'
import { documentOf, type IdentityDocument } from '../decision/identity-document.ts'
import { type Company, companyOf } from '../personas/companies.ts'
import { firstOf, fullNameOf, type Person, personOf } from '../personas/people.ts'
import type { MediaName } from '../sessions/media-links.ts'
import type { StoredSession } from '../sessions/sessions.ts'
import { drawFace } from './face-picture.ts'

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Escapes text for XML. Removes control characters and half surrogate pairs, which XML cannot contain. */
const escapeText = (text: string) =>
  text.replace(/[\p{Cc}\p{Cs}]/gu, '').replace(/[&<>"']/g, (character) => escapes[character] ?? '')

const sans = 'font-family="system-ui, Segoe UI, Roboto, Liberation Sans, sans-serif"'
const mono = 'font-family="ui-monospace, DejaVu Sans Mono, Liberation Mono, monospace"'

const svg = (width: number, height: number, title: string, body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width * 2}" height="${height * 2}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}"><title>${escapeText(title)}</title>${body}</svg>\n`

/** Draws a line of text. Long text is compressed to the width `room`, so that a whole name stays readable. */
const line = (x: number, y: number, size: number, text: string, more = '', room = Number.POSITIVE_INFINITY) => {
  const squeeze = text.length * size * 0.62 > room ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : ''
  return `<text x="${x}" y="${y}" font-size="${size}"${squeeze} ${more}>${escapeText(text)}</text>`
}

const specimen = (x: number, y: number, size: number, angle: number) =>
  `<text x="${x}" y="${y}" font-size="${size}" font-weight="800" letter-spacing="4" text-anchor="middle" fill="#c0392b" fill-opacity=".3" transform="rotate(${angle} ${x} ${y})" ${sans}>SPECIMEN</text>`

const portrait = ({ appearance }: Person, x: number, y: number, width: number) =>
  `<svg x="${x}" y="${y}" width="${width}" height="${width * 1.2}" viewBox="0 0 200 240"><rect width="200" height="240" fill="${appearance.ground}"/>${drawFace(appearance)}</svg>`

/** Draws the fine waves of security paper. */
const waves = (width: number, height: number, colour: string) => {
  const rows = Array.from({ length: Math.ceil(height / 12) }, (_row, index) => {
    const y = index * 12 + 4
    return `M0 ${y}q${width / 8} -9 ${width / 4} 0t${width / 4} 0 ${width / 4} 0 ${width / 4} 0`
  })
  return `<path d="${rows.join('')}" fill="none" stroke="${colour}" stroke-opacity=".16"/>`
}

const field = (x: number, y: number, label: string, value: string, room: number) =>
  `${line(x, y, 6.5, label.toUpperCase(), 'fill="#5d6b7a" letter-spacing=".4"')}${line(x, y + 12, 11, value, 'fill="#18222d" font-weight="600"', room)}`

const colours: Readonly<Record<IdentityDocument['code'], readonly [paper: string, ink: string]>> = {
  P: ['#f3ede4', '#7b3b46'],
  ID: ['#e7f0ee', '#24635f'],
  DL: ['#f8ebee', '#a04a66'],
}

const kindNames: Readonly<Record<IdentityDocument['code'], string>> = {
  P: 'Passport',
  ID: 'Identity card',
  DL: 'Driving licence',
}

/** Draws the side with the face: 380 wide, and 264 high for a passport or 240 for a card. */
function front(person: Person, document: IdentityDocument): string {
  const [paper, ink] = colours[document.code]
  const height = heightOf(document)
  const dates: readonly (readonly [string, string])[] = [
    ['Date of birth', person.dateOfBirth],
    ['Date of issue', document.issuedOn],
    ['Date of expiry', document.expiresOn],
  ]
  const lines = document.code === 'P' ? (document.mrz?.lines ?? []) : []
  return `<rect width="380" height="${height}" rx="12" fill="${paper}"/>${waves(380, height, ink)}
<rect width="380" height="34" rx="12" fill="${ink}"/><rect y="20" width="380" height="14" fill="${ink}"/>
<g ${sans}>${line(14, 22, 13, kindNames[document.code], 'fill="#fff" font-weight="700"')}${line(366, 22, 11, `${document.issuer.name} · ${document.issuer.alpha3}`, 'fill="#fff" text-anchor="end"', 150)}
${portrait(person, 14, 46, 104)}<rect x="14" y="46" width="104" height="124.800" fill="none" stroke="${ink}" stroke-opacity=".5"/>
${field(132, 54, 'Family name', person.lastName, 150)}${field(132, 82, 'First names', person.firstName, 150)}
${field(132, 110, 'Nationality', person.nationality, 60)}${field(208, 110, 'Sex', person.gender, 30)}
${field(132, 138, 'Place of birth', person.city, 90)}
${field(290, 54, 'Number', document.number, 78)}${dates.map(([label, value], index) => field(290, 82 + index * 28, label, value, 78)).join('')}
<text x="132" y="${height - (lines.length > 0 ? 78 : 30)}" font-size="17" font-style="italic" fill="#2b3d63" font-family="Snell Roundhand, URW Chancery L, cursive">${escapeText(fullNameOf(person))}</text></g>
${lines.map((text, index) => line(14, height - 34 + index * 18, 12.4, text, `${mono} fill="#18222d" xml:space="preserve" textLength="352" lengthAdjust="spacing"`)).join('')}
${specimen(200, 150, 54, -18)}`
}

/** Draws the back of a card, or the cover of a passport. */
function back(person: Person, document: IdentityDocument): string {
  const [paper, ink] = colours[document.code]
  const height = heightOf(document)
  if (document.code === 'P') {
    return `<rect width="380" height="${height}" rx="12" fill="${ink}"/><g ${sans} text-anchor="middle" fill="#f1d9a0">${line(190, 66, 22, document.issuer.name, 'font-weight="700"', 300)}${line(190, 222, 18, 'PASSPORT', 'letter-spacing="6"')}</g><g fill="none" stroke="#f1d9a0" stroke-width="3"><circle cx="190" cy="136" r="42"/><path d="M148 136h84M190 94v84M158 108q32 18 64 0M158 164q32-18 64 0"/></g>${specimen(190, 150, 54, -18)}`
  }
  const stripes = Array.from({ length: 62 }, (_stripe, index) => {
    const isWide = (person.lastName.charCodeAt(index % person.lastName.length) + index * 7) % 3 === 0
    return `<rect x="${22 + index * 5.4}" y="34" width="${isWide ? 3.6 : 1.6}" height="36"/>`
  })
  return `<rect width="380" height="${height}" rx="12" fill="${paper}"/>${waves(380, height, ink)}<rect width="380" height="18" rx="9" fill="${ink}"/>
<g fill="#18222d">${stripes.join('')}</g><g ${sans}>${field(22, 92, 'Address', `${person.street}, ${person.postalCode} ${person.city}`, 336)}${field(22, 120, 'Personal number', person.personalNumber, 150)}${document.code === 'DL' ? field(210, 120, 'Categories', 'AM, B', 80) : ''}</g>
${(document.mrz?.lines ?? []).map((text, index) => line(22, 176 + index * 22, 14, text, `${mono} fill="#18222d" xml:space="preserve" textLength="336" lengthAdjust="spacing"`)).join('')}
${specimen(190, 140, 54, -18)}`
}

const heightOf = ({ code }: IdentityDocument) => (code === 'P' ? 264 : 240)

/** Draws a document on a table, as a camera sees it. */
const onTable = (picture: string, height: number) =>
  `<rect width="480" height="360" fill="#8a6a4d"/><path d="M0 90q120-14 240 0t240 0M0 190q120 14 240 0t240 0M0 285q120-14 240 0t240 0" fill="none" stroke="#000" stroke-opacity=".14" stroke-width="3"/><g transform="rotate(-3 240 180) translate(50 ${(360 - height) / 2})"><rect x="4" y="6" width="380" height="${height}" rx="12" fill="#000" fill-opacity=".3"/>${picture}</g>`

/** Draws a face in a room, as the front camera of a phone sees it. */
const selfie = ({ appearance }: Person, face: string) =>
  `<rect width="240" height="320" fill="#cfd8dc"/><rect x="168" y="24" width="56" height="84" rx="4" fill="#eaf4fb"/><path d="M196 24v84M168 66h56" stroke="#fff" stroke-width="3"/><rect y="250" width="240" height="70" fill="${appearance.shirt}" fill-opacity=".25"/><g ${face}><svg x="8" y="56" width="224" height="268.800" viewBox="0 0 200 240">${drawFace(appearance)}</svg></g>`

/** Animates the elements of class `moves`, unless the user prefers reduced motion. */
const motion = (frames: string, seconds: number) =>
  `<style>@keyframes move{${frames}}.moves{animation:move ${seconds}s ease-in-out infinite;transform-origin:50% 60%}@media (prefers-reduced-motion:reduce){.moves{animation:none}}</style>`
const recording = (x: number) =>
  `<g ${sans}><circle cx="${x}" cy="20" r="6" fill="#d33"/>${line(x + 12, 24, 11, 'REC · drawn', 'fill="#fff" stroke="#000" stroke-opacity=".45" stroke-width="2" paint-order="stroke" font-weight="700"')}</g>`

function letter({ type, title, issuer, issuedOn, name, street, postalCode, city }: ProofOfAddress): string {
  const texts: Readonly<Record<ProofOfAddress['type'], readonly string[]>> = {
    UTILITY_BILL: ['Meter 000042, day', 'Meter 000042, night', 'Standing charge'],
    BANK_STATEMENT: ['Salary, Lighthouse of Nowhere', 'Card, Mockham Market', 'Fee'],
    GOVERNMENT_ISSUED_DOCUMENT: ['Income from imagination', 'Allowance', 'Levy on daydreams'],
  }
  const rows = texts[type].map((text, index) => {
    const amount = ['31.40', '12.20', '7.40'][index] ?? ''
    return `${line(28, 196 + index * 20, 10, text, 'fill="#333"')}${line(272, 196 + index * 20, 10, `§ ${amount}`, 'fill="#333" text-anchor="end"')}`
  })
  return `<rect width="300" height="424" fill="#fff"/><rect width="300" height="52" fill="#1d5c8a"/><g ${sans}>${line(28, 32, 18, issuer, 'fill="#fff" font-weight="700"')}${line(272, 32, 10, title, 'fill="#fff" text-anchor="end"')}
${line(28, 84, 11, name, 'fill="#111" font-weight="600"', 150)}${line(28, 100, 11, street, 'fill="#111"', 150)}${line(28, 116, 11, `${postalCode} ${city}`, 'fill="#111"', 150)}
${line(272, 84, 9, `Issued ${issuedOn}`, 'fill="#555" text-anchor="end"')}${line(272, 98, 9, 'Account 000042', 'fill="#555" text-anchor="end"')}
${line(28, 158, 13, title, 'fill="#111" font-weight="700"')}<path d="M28 172h244M28 246h244" stroke="#bbb"/>${rows.join('')}${line(28, 268, 12, 'Total', 'fill="#111" font-weight="700"')}${line(272, 268, 12, '§ 51.00', 'fill="#111" font-weight="700" text-anchor="end"')}
${line(28, 400, 8, `${issuer} exists in tests only. Nothing has to be paid.`, 'fill="#777"')}</g>${specimen(150, 330, 46, -18)}`
}

const certificate = ({ name, registrationNumber, country, incorporatedOn }: Company) =>
  `<rect width="300" height="424" fill="#fbf7ea"/><rect x="14" y="14" width="272" height="396" fill="none" stroke="#8a6d2f" stroke-width="3"/><g ${sans} text-anchor="middle">${line(150, 90, 15, 'Certificate of incorporation', 'fill="#5a4718" font-weight="700"')}${line(150, 116, 11, `Register of ${country.name}`, 'fill="#555"', 220)}${line(150, 190, 16, name, 'fill="#111" font-weight="600"', 240)}${line(150, 220, 11, `No. ${registrationNumber}`, 'fill="#111"', 220)}${line(150, 244, 11, `incorporated on ${incorporatedOn}`, 'fill="#111"')}${line(150, 384, 8, 'Drawn for tests. No such company is registered.', 'fill="#777"')}</g><circle cx="150" cy="308" r="34" fill="#a8322c" fill-opacity=".8"/><path d="M150 286l6 15 16 1-12 10 4 16-14-9-14 9 4-16-12-10 16-1z" fill="#fbf7ea"/>${specimen(150, 230, 46, -18)}`

/** Draws a signature that differs from person to person. */
function signature(person: Person): string {
  const loops = [...fullNameOf(person)].slice(0, 14).map((character) => {
    const height = 26 + (character.charCodeAt(0) % 5) * 14
    return `c4 -${height} 14 -${height} 7 0s-2 10 6 0`
  })
  return `<rect width="260" height="100" fill="#fff"/><path d="M24 66${loops.join('')}q20 -14 46 -8" fill="none" stroke="#1c2f63" stroke-width="2.500" stroke-linecap="round"/><path d="M20 82h220" stroke="#ccc"/>`
}

/**
 * Draws one picture of a Session. The same Session always gives the same picture.
 *
 * Names come from requests, so all text is escaped, and compressed where it does not fit.
 */
export function drawMedia(session: StoredSession, name: MediaName, now: number): string {
  const person = personOf(session)
  const document = documentOf(session, person, now)
  const height = heightOf(document)
  const kind = kindNames[document.code].toLowerCase()
  const face = (title: string) =>
    svg(
      200,
      240,
      title,
      `<rect width="200" height="240" fill="${person.appearance.ground}"/>${drawFace(person.appearance)}`,
    )
  switch (name) {
    case 'portrait.svg':
      return face('Drawn portrait from the document')
    case 'chip-portrait.svg':
      return face('Drawn portrait from the chip')
    case 'front.svg':
      return svg(380, height, `Drawn ${kind}, front`, front(person, document))
    case 'back.svg':
      return svg(380, height, `Drawn ${kind}, back`, back(person, document))
    case 'full-front.svg':
      return svg(480, 360, `Drawn ${kind} on a table, front`, onTable(front(person, document), height))
    case 'full-back.svg':
      return svg(480, 360, `Drawn ${kind} on a table, back`, onTable(back(person, document), height))
    case 'front-video.svg':
    case 'back-video.svg': {
      const side = name === 'front-video.svg' ? front : back
      const frames = '0%,100%{transform:translate(6px,4px) scale(1.03)}50%{transform:translate(-6px,-3px) scale(1.06)}'
      const film = `<g class="moves">${onTable(side(person, document), height)}</g>${recording(20)}`
      return svg(480, 360, `Drawn film of the ${kind}`, motion(frames, 5) + film)
    }
    case 'selfie.svg':
      return svg(240, 320, 'Drawn selfie', selfie(person, ''))
    case 'selfie-video.svg': {
      const frames = '0%,100%{transform:rotate(-3deg) translateX(-4px)}50%{transform:rotate(3deg) translateX(4px)}'
      return svg(
        240,
        320,
        'Drawn film of the face',
        `${motion(frames, 4)}${selfie(person, 'class="moves"')}${recording(20)}`,
      )
    }
    case 'certificate.svg':
      return svg(300, 424, 'Drawn certificate of incorporation', certificate(companyOf(session)))
    case 'signature.svg':
      return svg(260, 100, 'Drawn signature', signature(person))
    case 'proof-of-address.svg': {
      const proof = addressProofOf(session, person, firstOf(session).run ?? {})
      return svg(300, 424, `Drawn letter: ${proof.title}`, letter(proof))
    }
  }
}
