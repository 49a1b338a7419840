/** Checks whether text is a host as a `Host` header names it: a name or address, and maybe a port. */
export function isHost(text: string): boolean {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(text) && URL.canParse(`http://${text}`)
}
