let isDown = false
const waiting: (() => void)[] = []

function up(): void {
  isDown = false
  // After the click that ends the press, too.
  setTimeout(() => {
    for (const work of waiting.splice(0)) work()
  })
}

addEventListener(
  'pointerdown',
  () => {
    isDown = true
  },
  true,
)
addEventListener('pointerup', up, true)
addEventListener('pointercancel', up, true)

/**
 * Does the work, but not in the middle of a press: a field is left by pressing on something else, and a message that
 * appeared at once would push that away from under the pointer, so that it were never clicked.
 */
export function afterPress(work: () => void): void {
  if (isDown) waiting.push(work)
  else work()
}
