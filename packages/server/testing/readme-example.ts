import { readFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const AsyncFunction = (async () => {}).constructor as FunctionConstructor

/**
 * Runs the example of the README that contains `part`, and returns what `result` is then.
 *
 * @param given - What the example takes for granted, its imports included.
 */
export async function runExample(part: string, given: object, result: string): Promise<unknown> {
  const examples = [...readme.matchAll(/```js\n([\s\S]+?)```/g)].map(([, code = '']) => code)
  const found = examples.filter((code) => code.includes(part))
  if (found.length !== 1) throw new Error(`${found.length} examples of the README contain ${part}.`)
  const body = found[0]?.replace(/^import .*\n/gm, '')
  return new AsyncFunction(...Object.keys(given), `'use strict'\n${body}\nreturn ${result}`)(...Object.values(given))
}
