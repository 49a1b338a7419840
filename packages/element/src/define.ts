import { DiditVerify } from './didit-verify.ts'

export * from './index.ts'

// A second copy of the package on a page must not throw. The first registration serves both.
if (globalThis.customElements && !customElements.get('didit-verify')) customElements.define('didit-verify', DiditVerify)
