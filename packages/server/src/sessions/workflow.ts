import { RequestError } from '@didit-verify/core/schemas'
import type { Config, DiditUser, WorkflowOptions } from '../config.ts'

/** @throws {RequestError} `unknown-workflow` for an alias that the host does not offer. */
export function getWorkflow(config: Pick<Config, 'workflows'>, alias: string): WorkflowOptions {
  const workflow = config.workflows.get(alias)
  if (workflow !== undefined) return workflow
  throw new RequestError('unknown-workflow', 'No workflow of this name is offered.', {
    status: 400,
    issues: [{ path: 'workflow', message: 'Expected an alias from the option workflows of the server.' }],
    help: 'Send an alias from the option workflows, not the id of the workflow; without one, `default` is meant.',
  })
}

// Didit returns the unfinished Session of the same vendor_data, so a value that many users share would put them into one
// Session. Unset variables turn into these texts.
const shared: readonly unknown[] = ['', 'undefined', 'null', '[object Object]', 'NaN']

/**
 * Returns what Didit stores as `vendor_data` for a user.
 *
 * @throws {TypeError} The option `vendorData` returned no text, or one that many users would share.
 */
export function readVendorData(config: Pick<Config, 'vendorData'>, user: DiditUser): string {
  const value = config.vendorData(user)
  if (typeof value === 'string' && !shared.includes(value.trim())) return value
  throw new TypeError('The option vendorData must return a string of its own for every user.')
}
