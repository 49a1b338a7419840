import { type Phase, phaseOf } from '@didit-verify/core/schemas'
import type { Config } from '../config.ts'
import type { ApplicationStorage } from '../storage/storage.ts'
import { isValidApproval } from './apply.ts'
import { findCurrent } from './select-current.ts'
import { getWorkflow } from './workflow.ts'

/** How a user stands at a workflow. */
export interface VerificationStatus {
  /** True when a confirmed approval exists that is not too old. The one field to decide by. */
  readonly verified: boolean
  readonly phase: Phase
  /** False while a read at Didit is pending: the answer may change in a moment. */
  readonly settled: boolean
  readonly sessionId: string | null
  /** Epoch milliseconds, or null while nothing is decided. */
  readonly decidedAt: number | null
}

/** Returns how a user stands at one workflow, from what is stored. */
export async function readVerificationStatus(
  { config, storage }: { readonly config: Config; readonly storage: ApplicationStorage },
  { userId, workflow }: { readonly userId: string; readonly workflow: string },
): Promise<VerificationStatus> {
  const { maxAgeDays } = getWorkflow(config, workflow)
  const now = config.now()
  const current = await findCurrent(storage, { userId, workflow, environment: config.environment }, { maxAgeDays, now })
  return {
    verified: current !== null && isValidApproval(current, maxAgeDays, now),
    phase: phaseOf(current?.status),
    settled: current === null || !current.isReadPending,
    sessionId: current?.sessionId ?? null,
    decidedAt: current?.decidedAt ?? null,
  }
}
