/** Calls when the browser has drawn what is there now: only then has whatever was hidden meanwhile lost the focus. */
export function afterDrawing(run: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(run))
}

/** Returns true when no element has the focus, because the focused one was removed or hidden. */
export const isFocusLost = () => document.activeElement === null || document.activeElement === document.body
