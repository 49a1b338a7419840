import { fill } from '../../../shared/texts/texts.ts'
import type { SessionFile, VerdictRequest } from '../desk-client.ts'
import { nameOf } from '../facts.ts'
import { useQuestion } from '../question.tsx'
import { type Obstacle, obstacleTo, type Verdict } from '../rules.ts'
import { statusName } from '../status.tsx'
import { useDeskTexts } from '../texts/texts.ts'
import { Trouble } from '../trouble.tsx'
import { useVerdict } from './use-verdict.ts'
import { VerdictQuestion } from './verdict-question.tsx'

const verdicts: readonly (readonly [verdict: Verdict, name: 'approve' | 'decline' | 'resubmit'])[] = [
  ['Approved', 'approve'],
  ['Declined', 'decline'],
  ['Resubmitted', 'resubmit'],
]

/** The three things a reviewer can make of a Session. One that Didit would refuse says why. */
export function DecidePanel({ file }: { readonly file: SessionFile }) {
  const { decision } = file
  const texts = useDeskTexts()
  const { actions } = texts
  const { open, ask, close } = useQuestion<Verdict>()
  const verdict = useVerdict(decision.session_id)
  const name = nameOf(decision) ?? texts.list.nameless
  const wish = verdict.variables?.new_status
  const obstacles = verdicts.map(([status]) => obstacleTo(status, decision.status))
  // A reason that all three share is shown once.
  const shared = obstacles.every((it) => it === obstacles[0]) ? obstacles[0] : null
  const inWords = (obstacle: NonNullable<Obstacle>) => fill(actions.rules[obstacle], { status: decision.status })
  return (
    <>
      <section className="decide" aria-labelledby="decide">
        <h2 id="decide">{actions.title}</h2>
        {shared && <p id="why-not">{inWords(shared)}</p>}
        {verdicts.map(([status, button], index) => {
          const obstacle = obstacles[index] ?? null
          const isOff = obstacle !== null || verdict.isPending
          return (
            <p key={status}>
              <button
                type="button"
                className="button"
                data-verdict={status}
                aria-disabled={isOff}
                aria-describedby={shared ? 'why-not' : obstacle ? `why-not-${button}` : undefined}
                onClick={() => isOff || ask(status)}
              >
                {actions[button]}
              </button>
              {obstacle && !shared && <small id={`why-not-${button}`}>{inWords(obstacle)}</small>}
            </p>
          )
        })}
        <div role="status">
          {wish && verdict.isSuccess && wish === decision.status && (
            <p className="done">{fill(actions.done[wish], { name })}</p>
          )}
        </div>
        {wish && verdict.isError && (
          <Trouble
            error={verdict.error}
            lead={fill(actions.undone, {
              wish: actions.wishes[wish],
              status: statusName(texts, decision.status).toLowerCase(),
            })}
          />
        )}
      </section>
      {open && (
        <VerdictQuestion
          key={open.turn}
          verdict={open.what}
          name={name}
          decision={decision}
          onYes={(request: VerdictRequest) => verdict.mutate(request)}
          onClose={() => open && close(open.turn)}
        />
      )}
    </>
  )
}
