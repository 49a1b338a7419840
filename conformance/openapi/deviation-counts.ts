import type { Finding } from './finding.ts'

/** One way in which we differ from the document on purpose. */
export interface Deviation {
  /** As in a finding. `*`: whichever. */
  readonly operation: string
  /** `*`: whichever. */
  readonly part: string
  /** What begins with two asterisks is the end of a pointer, however deep. */
  readonly pointer: string
  readonly rule: string
  /** Why we are not as the document is. */
  readonly reason: string
  /** Where that is written. */
  readonly source: string
}

/** Holds findings against the list of deviations, and that list against what is found. */
export interface Ledger {
  /** The findings that nothing excuses. */
  judge(findings: readonly Finding[]): readonly Finding[]
  /** The deviations that nothing needed so far: they have to go from the list. */
  stale(): readonly Deviation[]
}

/** Creates the ledger of one run. */
export function createLedger(deviations: readonly Deviation[]): Ledger {
  const needed = new Set<Deviation>()
  const matches = (deviation: Deviation, finding: Finding) =>
    (deviation.operation === '*' || deviation.operation === finding.operation) &&
    (deviation.part === '*' || deviation.part === finding.part) &&
    (deviation.pointer.startsWith('**')
      ? finding.pointer.endsWith(deviation.pointer.slice(2))
      : deviation.pointer === finding.pointer) &&
    deviation.rule === finding.rule
  return {
    judge: (findings) =>
      findings.filter((finding) => {
        const excuse = deviations.find((deviation) => matches(deviation, finding))
        if (excuse) needed.add(excuse)
        return !excuse
      }),
    stale: () => deviations.filter((deviation) => !needed.has(deviation)),
  }
}
