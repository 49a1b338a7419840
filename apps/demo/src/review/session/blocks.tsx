import type { Decision } from '@didit-verify/core/schemas'
import { fill, named } from '../../../shared/texts/texts.ts'

import { factsOf, firstFields, isFields, placedFields } from '../facts.ts'
import { type BlockName, blockNames } from '../rules.ts'
import { CheckStatus } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'
import { FactSheet } from './fact-sheet.tsx'

const elsewhere = ['status', 'warnings', 'node_id']

/** Every block of the decision, and whatever else came with it. */
export function Blocks({ decision, onRefresh }: { readonly decision: Decision; readonly onRefresh: () => void }) {
  const { session } = useDeskTexts()
  const present = blockNames.filter((name) => Array.isArray(decision[name]) && decision[name].length > 0)
  const asked = factsOf({
    expected_details: decision.expected_details,
    contact_details: decision.contact_details,
    metadata: decision.metadata,
    callback: decision.callback,
  })
  const rest = factsOf(decision, [], [...placedFields, ...blockNames])
  const isMore = rest.values.length + rest.groups.length + rest.lists.length + rest.media.length > 0
  return (
    <>
      <h2>{session.blocksTitle}</h2>
      {present.length === 0 && <p className="quiet">{session.blocksNone}</p>}
      {present.map((name) => (
        <Block key={name} name={name} items={decision[name] as unknown[]} onRefresh={onRefresh} />
      ))}
      {asked.values.length + asked.groups.length > 0 && (
        <section className="block" aria-labelledby="block-asked">
          <h3 id="block-asked">{session.asked}</h3>
          <FactSheet facts={asked} onRefresh={onRefresh} isOpen />
        </section>
      )}
      {isMore && (
        <section className="block" aria-labelledby="block-further">
          <h3 id="block-further">{session.further}</h3>
          <FactSheet facts={rest} onRefresh={onRefresh} />
        </section>
      )}
    </>
  )
}

interface BlockProps {
  readonly name: BlockName
  readonly items: readonly unknown[]
  readonly onRefresh: () => void
}

/** All runs of one kind of check. The Workflow may have run it more than once. */
function Block({ name, items, onRefresh }: BlockProps) {
  const { blocks, session, risks } = useDeskTexts()
  return (
    <section className="block" aria-labelledby={`block-${name}`}>
      <h3 id={`block-${name}`}>{blocks[name]}</h3>
      {items.filter(isFields).map((item, index) => {
        const warnings = Array.isArray(item.warnings) ? item.warnings.filter(isFields) : []
        return (
          <div key={index} className="run">
            <p className="run-head">
              {items.length > 1 && <span>{fill(session.item, { index: index + 1 })}</span>}
              {typeof item.status === 'string' && <CheckStatus status={item.status} />}
              {typeof item.node_id === 'string' && <code>{item.node_id}</code>}
              {warnings.map(({ risk }) => (
                <span key={String(risk)} className="run-warning">
                  {named(risks, String(risk)) ?? String(risk)}
                </span>
              ))}
            </p>
            <FactSheet facts={factsOf(item, firstFields[name], elsewhere)} onRefresh={onRefresh} />
          </div>
        )
      })}
    </section>
  )
}
