import type {} from 'react'
import type { DiditVerify } from './didit-verify.ts'

/**
 * Types of `<didit-verify>` in JSX, and nothing that runs: `import type {} from '@didit-verify/element/jsx'`.
 *
 * Attributes by their names in HTML, the JavaScript-only properties by theirs; events through `ref` and
 * `addEventListener`, as their names carry a dash.
 */
export interface DiditVerifyAttributes extends Partial<Pick<DiditVerify, 'client' | 'strings' | 'headers' | 'fetch'>> {
  endpoint?: string | undefined
  workflow?: string | undefined
  'session-id'?: string | undefined
  url?: string | undefined
  mode?: DiditVerify['mode']
  'auto-close'?: boolean | undefined
  'confirm-exit'?: 'true' | 'false' | undefined
  'return-to'?: string | undefined
  lang?: string | undefined
  dir?: 'ltr' | 'rtl' | 'auto' | undefined
  'document-camera'?: DiditVerify['documentCamera']
  'liveness-camera'?: DiditVerify['livenessCamera']
  'allowed-origins'?: string | undefined
  'ready-timeout'?: number | undefined
  name?: string | undefined
  required?: boolean | undefined
  disabled?: boolean | undefined
  id?: string | undefined
  slot?: string | undefined
  hidden?: boolean | undefined
  /** React and Preact both take it here. */
  key?: string | number | null | undefined
  ref?: unknown
  class?: string | undefined
  className?: string | undefined
  style?: unknown
  children?: unknown
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'didit-verify': DiditVerifyAttributes
    }
  }
}

// Preact, and the automatic runtime of anything else that reads the global namespace.
declare global {
  namespace JSX {
    interface IntrinsicElements {
      'didit-verify': DiditVerifyAttributes
    }
  }
}
