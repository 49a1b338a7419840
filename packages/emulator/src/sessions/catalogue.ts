import { type Workflow, workflows } from './workflows.ts'

/** The Workflows of one emulator, each in its latest published version. */
export interface Catalogue {
  byId(workflowId: string): Workflow | undefined
  list(): readonly Workflow[]
  /** Publishes the next version. Sessions of the version before continue, but a creation no longer returns them. */
  publish(workflowId: string): Workflow | undefined
  reset(): void
}

/** Creates the catalogue with the seeded Workflows. */
export function createCatalogue(): Catalogue {
  const latest = new Map<string, Workflow>()
  const reset = () => {
    for (const workflow of workflows) latest.set(workflow.workflowId, workflow)
  }
  reset()
  const byId = (workflowId: string) => latest.get(workflowId.toLowerCase())
  return {
    byId,
    list: () => [...latest.values()],
    publish(workflowId) {
      const known = byId(workflowId)
      if (!known) return undefined
      const next = { ...known, version: known.version + 1 }
      latest.set(next.workflowId, next)
      return next
    },
    reset,
  }
}
