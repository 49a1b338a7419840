import { useState } from 'react'
import { fill } from '../../../shared/texts/texts.ts'
import type { Medium } from '../facts.ts'
import { useDeskTexts } from '../texts/texts.ts'
import { labelOf } from './label-of.ts'

interface PicturesProps {
  readonly media: readonly Medium[]
  /** Reads the decision again: the links in it live for an hour. */
  readonly onRefresh: () => void
}

/** The pictures of a check, each with its name; films and files as links. */
export function Pictures({ media, onRefresh }: PicturesProps) {
  const texts = useDeskTexts()
  return (
    <ul className="pictures" aria-label={texts.session.pictures}>
      {media.map(({ name, url, kind }, index) => {
        const label = labelOf(texts, name)
        return (
          <li key={`${name} ${index}`} data-kind={kind}>
            {kind === 'image' ? (
              <Picture url={url} label={label} onRefresh={onRefresh} />
            ) : (
              <a href={url} target="_blank" rel="noreferrer">
                {label} <small>{texts.session.fileOpen}</small>
              </a>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Picture({
  url,
  label,
  onRefresh,
}: {
  readonly url: string
  readonly label: string
  readonly onRefresh: () => void
}) {
  const { session } = useDeskTexts()
  // Each read brings another link to the same picture: it is loaded anew only where the one before has run out.
  const [shown, setShown] = useState(url)
  const [hasFailed, setHasFailed] = useState(false)
  if (hasFailed && shown !== url) {
    setShown(url)
    setHasFailed(false)
  }
  return (
    <figure>
      {hasFailed ? (
        <div className="picture-gone">
          <p>{session.expired}</p>
          <button type="button" className="link" onClick={onRefresh}>
            {session.refresh}
          </button>
        </div>
      ) : (
        <a href={url} target="_blank" rel="noreferrer" aria-label={fill(session.enlarge, { name: label })}>
          {/* The caption names it. */}
          <img src={shown} alt="" loading="lazy" referrerPolicy="no-referrer" onError={() => setHasFailed(true)} />
        </a>
      )}
      <figcaption>{label}</figcaption>
    </figure>
  )
}
