import type { Decision } from '@didit-verify/core/schemas'
import { fill, named } from '../../../shared/texts/texts.ts'
import { useDesk } from '../desk.tsx'

import { type Warning, warningsOf } from '../facts.ts'
import { hrefOf } from '../route.ts'
import { blockNames } from '../rules.ts'
import { useDeskTexts } from '../texts/texts.ts'

/** Shows the warnings of all checks in words, the most severe first. */
export function Warnings({ decision }: { readonly decision: Decision }) {
  const { session } = useDeskTexts()
  const warnings = warningsOf(decision, blockNames)
  return (
    <section aria-labelledby="warnings">
      <h2 id="warnings">{session.warningsTitle}</h2>
      {warnings.length === 0 ? (
        <p className="quiet">{session.warningsNone}</p>
      ) : (
        <ul className="warnings">
          {warnings.map((warning, index) => (
            <WarningItem key={index} warning={warning} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** Links to the other Session that a warning names. */
const pointers = [
  ['duplicated_session_id', 'duplicated_session_number'],
  ['blocklisted_session_id', 'blocklisted_session_number'],
] as const

function WarningItem({ warning: { block, risk, level, words, more } }: { readonly warning: Warning }) {
  const { client } = useDesk()
  const { risks, blocks, session } = useDeskTexts()
  const others = pointers.flatMap(([idName, numberName]) => {
    const sessionId = more?.[idName]
    return typeof sessionId === 'string' ? [{ sessionId, number: String(more?.[numberName] ?? sessionId) }] : []
  })
  return (
    <li data-level={level}>
      {/* Didit's own words where this version has none, and its code where there are no words at all. */}
      <strong>{named(risks, risk) ?? words ?? risk}</strong>
      <small>
        <b>{session.severity[level]}</b> · {blocks[block]} · <code>{risk}</code>
      </small>
      {others.map(({ sessionId, number }) => (
        <a key={sessionId} href={hrefOf({ bank: client.bank, page: 'session', sessionId })}>
          {fill(session.seeSession, { number })}
        </a>
      ))}
    </li>
  )
}
