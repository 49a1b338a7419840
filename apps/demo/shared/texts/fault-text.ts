import type { DetailsName, Fault } from '../details.ts'
import type { Texts } from './texts.ts'

/** Returns the text for a fault in an answer. */
export function faultText(texts: Texts, name: DetailsName, fault: Fault | undefined): string | undefined {
  if (!fault) return undefined
  const { faults } = texts.details
  return fault === 'missing' ? faults.missing[name] : faults[fault]
}
