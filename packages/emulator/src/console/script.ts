/**
 * The whole script of the console: it keeps the parts marked `data-live` as they are at the emulator.
 *
 * Served as its own source text, as the hosted page's script is, so it uses nothing from outside itself. What somebody
 * types in, has opened or has the focus on stays as it is; without the script the console works, and has to be reloaded.
 *
 * @param page - The window the console runs in.
 */
function runConsole(page: Window & typeof globalThis): void {
  const { document } = page
  const everyMs = 2000
  const toggle = document.getElementById('live') as HTMLButtonElement | null
  if (toggle === null) return
  let isPaused = false
  let tag = ''

  const parts = (root: Document) => [...root.querySelectorAll<HTMLElement>('[data-live]')]

  /** Puts in what is new; false when something had to wait. */
  function replace(next: Document): boolean {
    let isWhole = true
    for (const part of parts(document)) {
      const fresh = parts(next).find((other) => other.dataset.live === part.dataset.live)
      if (fresh === undefined || fresh.innerHTML === part.innerHTML) continue
      // Replacing what somebody is in would take the focus away, or close what they opened.
      if (part.contains(document.activeElement) || part.querySelector('details[open]') !== null) isWhole = false
      else part.innerHTML = fresh.innerHTML
    }
    return isWhole
  }

  async function refresh(): Promise<void> {
    if (!isPaused && !document.hidden) {
      try {
        const answer = await page.fetch(page.location.href, { headers: tag === '' ? {} : { 'If-None-Match': tag } })
        if (answer.status === 200) {
          const isWhole = replace(new page.DOMParser().parseFromString(await answer.text(), 'text/html'))
          // What had to wait is asked for again, even if nothing else changes until then.
          tag = isWhole ? (answer.headers.get('ETag') ?? '') : ''
        }
      } catch {
        // The emulator is gone, or is coming back: the next round will tell.
      }
    }
    page.setTimeout(refresh, everyMs)
  }

  toggle.hidden = false
  toggle.addEventListener('click', () => {
    isPaused = !isPaused
    toggle.textContent = isPaused ? 'Resume updates' : 'Pause updates'
  })
  page.setTimeout(refresh, everyMs)
}

/** The text of the console's script. */
export const consoleScript = () => `(${runConsole.toString()})(window)\n`
