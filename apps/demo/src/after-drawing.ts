/** Calls when the browser has drawn what is there now: only then has whatever was hidden meanwhile lost the focus. */
export function afterDrawing(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run))
}

/** Nothing has the focus: what had it is gone or hidden. */
export const isFocusLost = () => document.activeElement === null || document.activeElement === document.body
