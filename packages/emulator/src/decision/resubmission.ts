import type { JsonObject } from '../runtime/json.ts'
import { automaticSteps, backendSteps, blockOf, blockOfFeature, stepOf } from '../sessions/feature-names.ts'
import type { ResubmittedNode, StoredSession } from '../sessions/sessions.ts'
import { itemsOf } from './view.ts'

/** Statuses of the attempts that Didit picks when the request names no steps. */
const repeatable = ['Declined', 'In Review', 'Not Finished', 'Expired']

const isAgeCheck = (session: StoredSession) =>
  (session.workflow.features as readonly string[]).includes('AGE_ESTIMATION')

/** Returns the steps whose last attempt is not approved, in the order of the Workflow. */
export function automaticNodes(session: StoredSession, decision: JsonObject): readonly ResubmittedNode[] {
  return Object.entries(automaticSteps).flatMap(([block, feature]) => {
    // Didit never picks an age estimation, although it appears among the liveness checks.
    if (block === 'liveness_checks' && isAgeCheck(session)) return []
    return itemsOf(decision, block)
      .filter(({ status }) => repeatable.includes(String(status)))
      .map(({ node_id: id }) => ({ node_id: String(id), feature }))
  })
}

/** Returns the chosen steps that the Workflow has, in its order and under their official names. */
export function chosenNodes(session: StoredSession, nodes: readonly ResubmittedNode[]): readonly ResubmittedNode[] {
  const blocks = (session.workflow.features as readonly string[]).map((feature) => blockOfFeature[feature])
  const placeOf = ({ feature }: ResubmittedNode) => blocks.indexOf(blockOf(feature))
  return nodes
    .filter((node) => placeOf(node) >= 0)
    .map(({ node_id, feature }) => ({ node_id, feature: stepOf(feature) }))
    .sort((one, other) => placeOf(one) - placeOf(other))
}

/** Returns true when no step needs the person. */
export const isBackendOnly = (nodes: readonly ResubmittedNode[]) =>
  nodes.every(({ feature }) => backendSteps.includes(feature))
