import type { Decision } from '@didit-verify/core/schemas'
import { useId, useState } from 'react'
import { fill } from '../../../shared/texts/texts.ts'
import type { VerdictRequest } from '../desk-client.ts'
import { isFields } from '../facts.ts'
import { Question } from '../question.tsx'
import { stepsOf, type Verdict } from '../rules.ts'
import { CheckStatus } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'

interface VerdictQuestionProps {
  readonly verdict: Verdict
  readonly name: string
  readonly decision: Decision
  readonly onYes: (request: VerdictRequest) => void
  readonly onClose: () => void
}

const words = { Approved: 'approve', Declined: 'decline', Resubmitted: 'resubmit' } as const

type Fault = 'commentMissing' | 'stepsMissing' | 'emailMissing'

/** Asks for the details of a verdict: a comment, the steps to repeat, an e-mail to the person. */
export function VerdictQuestion({ verdict, name, decision, onYes, onClose }: VerdictQuestionProps) {
  const texts = useDeskTexts()
  const { actions, blocks } = texts
  const [fault, setFault] = useState<Fault | null>(null)
  const id = useId()
  const steps = verdict === 'Resubmitted' ? stepsOf(decision) : []
  const contact = isFields(decision.contact_details) ? decision.contact_details.email : null
  const word = words[verdict]

  const submit = (given: FormData): boolean => {
    const comment = String(given.get('comment') ?? '').trim()
    const chosen = new Set(given.getAll('step').map(String))
    const nodes = steps.filter((_, index) => chosen.has(String(index)))
    const wantsEmail = given.get('send') === 'on'
    const address = String(given.get('address') ?? '').trim()
    const found: Fault | null =
      verdict === 'Declined' && comment === ''
        ? 'commentMissing'
        : verdict === 'Resubmitted' && nodes.length === 0
          ? 'stepsMissing'
          : wantsEmail && !address.includes('@')
            ? 'emailMissing'
            : null
    setFault(found)
    if (found) return false
    onYes({
      new_status: verdict,
      ...(comment === '' ? {} : { comment }),
      ...(verdict === 'Resubmitted'
        ? { nodes_to_resubmit: nodes.map(({ nodeId, feature }) => ({ node_id: nodeId, feature })) }
        : {}),
      ...(wantsEmail ? { send_email: true, email_address: address } : {}),
    })
    return true
  }

  return (
    <Question
      title={fill(actions[`${word}Title`], { name })}
      lead={actions[`${word}Lead`]}
      yes={actions[word]}
      isDangerous={verdict === 'Declined'}
      onYes={submit}
      onClose={onClose}
    >
      {fault && (
        <p className="fault" role="alert" id={`${id}-fault`}>
          {actions[fault]}
        </p>
      )}
      {verdict === 'Resubmitted' && (
        <fieldset className="steps" aria-describedby={fault === 'stepsMissing' ? `${id}-fault` : undefined}>
          <legend>{actions.stepsLabel}</legend>
          {steps.length === 0 && <p>{actions.stepsNone}</p>}
          {steps.map((step, index) => (
            <label key={`${step.nodeId} ${step.feature}`}>
              <input type="checkbox" name="step" value={index} defaultChecked={step.isSuggested} />
              <span>
                {blocks[step.block]} {step.status && <CheckStatus status={step.status} />}
                {step.isByItself && <small> {actions.byItself}</small>}
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <p className="field">
        <label htmlFor={`${id}-comment`}>{verdict === 'Declined' ? actions.comment : actions.commentOptional}</label>
        <textarea
          id={`${id}-comment`}
          name="comment"
          rows={3}
          maxLength={1000}
          aria-invalid={fault === 'commentMissing'}
          aria-describedby={fault === 'commentMissing' ? `${id}-fault` : undefined}
        />
      </p>
      <div className="field">
        <label className="tick">
          <input type="checkbox" name="send" />
          <span>{actions.email}</span>
        </label>
        <input
          type="email"
          name="address"
          aria-label={actions.email}
          defaultValue={typeof contact === 'string' ? contact : ''}
          autoComplete="off"
          aria-invalid={fault === 'emailMissing'}
          aria-describedby={fault === 'emailMissing' ? `${id}-fault` : undefined}
        />
      </div>
    </Question>
  )
}
