/** The variable by which `npm run fuzz` asks for more cases. Read without Node's types, which the tests of core do without. */
const wanted = (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env.FUZZ_CASES

/**
 * Returns the number of cases that a property test generates, as parameters of fast-check.
 *
 * Each test has a small number for every run and a large one for `npm run fuzz`. The variable `FUZZ_CASES` asks for another
 * number, up to the large one: a test that starts a whole server for each case would otherwise run for days.
 *
 * @param runs.usual - Cases without `FUZZ_CASES`. Default 100.
 * @param runs.most - Most cases that `FUZZ_CASES` can ask for. Default 100,000.
 */
export function propertyRuns({ usual = 100, most = 100_000 }: { usual?: number; most?: number } = {}) {
  return { numRuns: wanted === undefined ? usual : Math.min(Number(wanted), most) }
}

/** Timeout for a test with many cases, in milliseconds: an hour when `FUZZ_CASES` is set, otherwise a minute. */
export const propertyTimeoutMs = wanted === undefined ? 60_000 : 3_600_000
