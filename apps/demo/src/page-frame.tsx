import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import type { IllustrationName } from '../shared/illustrations.ts'
import { afterDrawing, isFocusLost } from './after-drawing.ts'
import { useTexts } from './language.tsx'
import { Scene } from './scene.tsx'

export interface PageFrameProps {
  /** Name of the page. A change is announced, and moves the focus to the heading when the focus was lost. */
  readonly name: string
  /** The person whose page it is: the same page of another person counts as a change. */
  readonly owner?: string | undefined
  readonly scene: IllustrationName
  readonly step: 0 | 1 | 2
  readonly title: string
  readonly lead: string
  readonly signal: string
  readonly isFoggy?: boolean
  /** The actions of the person, below the words. */
  readonly children?: ReactNode
}

/** The upper part of every page: the words, the harbour, and how far the person is. */
export function PageFrame({
  name,
  owner = '',
  scene,
  step,
  title,
  lead,
  signal,
  isFoggy = false,
  children,
}: PageFrameProps) {
  const { bank } = useTexts()
  const heading = useRef<HTMLHeadingElement>(null)
  const said = useAnnouncement(owner, name, `${title}. ${lead}`, heading)
  return (
    <>
      <title>{`${title} · ${bank}`}</title>
      <section className="page-frame" aria-labelledby="page-title" data-screen={name}>
        <div className="page-words">
          <h1 id="page-title" ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <p className="lead">{lead}</p>
          {children}
        </div>
        <div className="view">
          <Scene name={scene} isFoggy={isFoggy} />
        </div>
      </section>
      <div className="water">
        <Passage step={step} />
        <p className="signal">{signal}</p>
      </div>
      <p className="unseen" role="status">
        {said}
      </p>
    </>
  )
}

// The previous page, of any component. The first page of a visit is not announced.
let shown: string | null = null

/** The heading takes the focus when what had it is gone; else the change is said, and the focus stays where it is. */
function useAnnouncement(
  owner: string,
  name: string,
  words: string,
  heading: RefObject<HTMLHeadingElement | null>,
): string {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const page = `${owner} ${name}`
    // Announces only another screen state, not the same one in another language, and not the moment before the server answers.
    if (name === 'looking' || shown === page) return
    const isFirst = shown === null
    shown = page
    if (isFirst) return
    afterDrawing(() => {
      // Something newer has come, and is told of by itself.
      if (shown !== page) return
      const isLost = isFocusLost()
      if (isLost) heading.current?.focus({ preventScroll: true })
      // The new content begins at the top.
      if ((heading.current?.getBoundingClientRect().top ?? 0) < 0) scrollTo(0, 0)
      setSaid(isLost ? '' : words)
    })
  }, [owner, name, words, heading])
  return said
}

function Passage({ step }: { readonly step: 0 | 1 | 2 }) {
  const { steps } = useTexts()
  return (
    <ol className="passage" aria-label={steps.label}>
      {[steps.details, steps.verify, steps.account].map((label, index) => (
        <li
          key={label}
          data-state={index < step ? 'done' : index === step ? 'current' : 'later'}
          aria-current={index === step ? 'step' : undefined}
        >
          <span className="buoy" aria-hidden="true">
            {index < step ? '✓' : index + 1}
          </span>
          <span>
            {label}
            {index < step && <span className="unseen"> ({steps.done})</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
