import { fill } from '../../shared/texts/texts.ts'
import { useDeskTexts } from './texts/texts.ts'

interface PagingProps {
  readonly count: number
  readonly limit: number
  readonly offset: number
  readonly label: string
  /** The address of the page that begins there. */
  readonly hrefAt: (offset: number) => string
}

/** Shows the position in a list, with links to the neighbouring pages. */
export function Paging({ count, limit, offset, label, hrefAt }: PagingProps) {
  const { list } = useDeskTexts()
  const to = Math.min(offset + limit, count)
  return (
    <nav className="paging" aria-label={label}>
      <span>{fill(list.range, { from: offset + 1, to, count })}</span>
      {offset > 0 && (
        <a rel="prev" href={hrefAt(Math.max(0, offset - limit))}>
          {list.newer}
        </a>
      )}
      {to < count && (
        <a rel="next" href={hrefAt(offset + limit)}>
          {list.older}
        </a>
      )}
    </nav>
  )
}
