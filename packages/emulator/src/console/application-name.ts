import type { Application } from '../sessions/workflows.ts'

/** Returns the name of an application in the console. */
export const applicationName = (applications: readonly Application[], applicationId: string) => {
  const names = ['Main application', 'Partner application']
  const index = applications.findIndex((known) => known.applicationId === applicationId)
  return names[index] ?? applicationId
}
