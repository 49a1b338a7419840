/**
 * Writes simple PDF files: text on pages, in a typeface that every PDF viewer has.
 *
 * The report of the emulator needs no more than this, so a library of several megabytes is not worth it.
 *
 * @see ISO 32000-1 (PDF 1.7), sections 7.5 (file structure) and 9.6.2 (standard fonts)
 */

/** One line of a report. */
export interface PdfLine {
  readonly text: string
  /** Default `text`. */
  readonly style?: 'title' | 'heading' | 'text'
}

const page = { width: 595, height: 842, margin: 56 }
const styles = {
  title: { font: 'F2', size: 20, leading: 34 },
  heading: { font: 'F2', size: 12, leading: 26 },
  text: { font: 'F1', size: 10, leading: 15 },
}
/** Returns the number of characters that fit in a line. On average, letters of Helvetica are half as wide as high. */
const lineWidth = (size: number) => Math.floor((page.width - 2 * page.margin) / (size * 0.5))

/** Codes of the characters that WinAnsi has in addition to Latin-1. */
const winAnsi = new Map(
  [...'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'].map((character, index) => {
    const free = [0x80, ...Array.from({ length: 11 }, (_, i) => 0x82 + i), 0x8e]
    const places = [...free, ...Array.from({ length: 12 }, (_, i) => 0x91 + i), 0x9e, 0x9f]
    return [character, places[index] as number] as const
  }),
)

/** Returns the byte of a character. Letters that the typeface lacks lose their accents, and the rest become `?`. */
function byteOf(character: string): number {
  const code = winAnsi.get(character) ?? (character.codePointAt(0) as number)
  if (winAnsi.has(character) || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff)) return code
  const [letter = ''] = character.normalize('NFD')
  return /^[A-Za-z]$/.test(letter) ? letter.charCodeAt(0) : '?'.charCodeAt(0)
}

/** Writes a PDF string in hexadecimal, which needs no escapes. */
const hex = (text: string) => `<${Buffer.from([...text].map(byteOf)).toString('hex')}>`

function wrap({ text, style = 'text' }: PdfLine): PdfLine[] {
  const width = lineWidth(styles[style].size)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    // Break a word that is longer than a line, such as a link, anywhere.
    for (let rest = word; ; rest = rest.slice(width)) {
      const joined = line === '' ? rest : `${line} ${rest}`
      if (joined.length <= width) {
        line = joined
        break
      }
      if (line !== '') lines.push(line)
      line = ''
      if (rest.length <= width) {
        line = rest
        break
      }
      lines.push(rest.slice(0, width))
    }
  }
  return [...lines, line].map((part) => ({ text: part, style }))
}

/** Returns the content stream of each page. */
function paginate(lines: readonly PdfLine[]): string[] {
  const pages: string[] = []
  let drawn: string[] = []
  let y = page.height - page.margin
  for (const { text, style = 'text' } of lines.flatMap(wrap)) {
    const { font, size, leading } = styles[style]
    if (y - leading < page.margin) {
      pages.push(drawn.join('\n'))
      drawn = []
      y = page.height - page.margin
    }
    y -= leading
    drawn.push(`BT /${font} ${size} Tf ${page.margin} ${y} Td ${hex(text)} Tj ET`)
  }
  return [...pages, drawn.join('\n')]
}

/** Writes lines of text as a PDF 1.7 file. */
export function writePdf(title: string, lines: readonly PdfLine[]): Uint8Array<ArrayBuffer> {
  const contents = paginate(lines)
  const font = (name: string) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`
  // Objects 1 to 5 come first, followed by two objects for each page.
  const pageNumber = (index: number) => 6 + 2 * index
  const kids = contents.map((_, index) => `${pageNumber(index)} 0 R`).join(' ')
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${contents.length} /MediaBox [0 0 ${page.width} ${page.height}] >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title ${hex(title)} /Producer ${hex('Didit emulator')} >>`,
    ...contents.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${pageNumber(index) + 1} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ]
  // Everything below is ASCII, so the length in characters is the length in bytes.
  let file = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries}`
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${file.length}\n%%EOF\n`
  return new TextEncoder().encode(file + table + trailer)
}
