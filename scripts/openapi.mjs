// Finds Didit's OpenAPI document. It is not ours to publish, so it lies outside the repository, and not everywhere.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The path of the document: DIDIT_OPENAPI, else where it lies beside the repository. It need not be there. */
const openApiPath = () => resolve(root, process.env.DIDIT_OPENAPI || '../shared/didit-api/openapi.json')

/** The path of the document, or null where there is none. */
export function findOpenApi() {
  const path = openApiPath()
  return existsSync(path) ? path : null
}

/** What to say where there is none: a check that did not run must not look like one that passed. */
export const conformanceNotRun = () =>
  `CONFORMANCE NOT RUN: there is no OpenAPI document of Didit at ${openApiPath()}. Name one: DIDIT_OPENAPI=/path/to/openapi.json`
