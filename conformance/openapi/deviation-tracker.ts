import type { Finding } from './finding.ts'

/** One intended difference between our packages and the document. */
export interface Deviation {
  /** As in a finding; `*` matches any. */
  readonly operation: string
  /** As in a finding; `*` matches any. */
  readonly part: string
  /** As in a finding; after a leading `**`, the end of the pointer at any depth. */
  readonly pointer: string
  readonly rule: string
  /** The reason for the difference. */
  readonly reason: string
  /** The text that the reason comes from. */
  readonly source: string
}

/** Compares findings with the list of deviations, and remembers which deviations occurred. */
export interface DeviationTracker {
  /** Returns the findings that no deviation explains. */
  removeExpected(findings: readonly Finding[]): readonly Finding[]
  /** Returns the deviations that no finding needed so far: they belong off the list. */
  unused(): readonly Deviation[]
}

/** Creates the tracker of one run. */
export function createDeviationTracker(deviations: readonly Deviation[]): DeviationTracker {
  const used = new Set<Deviation>()
  const matches = (deviation: Deviation, finding: Finding) =>
    (deviation.operation === '*' || deviation.operation === finding.operation) &&
    (deviation.part === '*' || deviation.part === finding.part) &&
    (deviation.pointer.startsWith('**')
      ? finding.pointer.endsWith(deviation.pointer.slice(2))
      : deviation.pointer === finding.pointer) &&
    deviation.rule === finding.rule
  return {
    removeExpected: (findings) =>
      findings.filter((finding) => {
        const match = deviations.find((deviation) => matches(deviation, finding))
        if (match) used.add(match)
        return !match
      }),
    unused: () => deviations.filter((deviation) => !used.has(deviation)),
  }
}
