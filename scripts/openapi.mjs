// Finds Didit's OpenAPI document. We may not publish it, so it lies outside the repository and may be missing.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Returns the path of the document: DIDIT_OPENAPI, else a place beside the repository. The file may be missing. */
const openApiPath = () => resolve(root, process.env.DIDIT_OPENAPI || '../shared/didit-api/openapi.json')

/** Returns the path of the document, or null if it is missing. */
export function findOpenApi() {
  const path = openApiPath()
  return existsSync(path) ? path : null
}

/** Returns the sentence for a missing document: a check that did not run must not look like one that passed. */
export const conformanceNotRun = () =>
  `CONFORMANCE NOT RUN: there is no OpenAPI document of Didit at ${openApiPath()}. Name one: DIDIT_OPENAPI=/path/to/openapi.json`
