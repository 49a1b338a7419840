import { expect, test } from 'vitest'
import { createVirtualTime } from './virtual-time.ts'

test('jumps from one timer to the next, in order', async () => {
  const time = createVirtualTime(1000)
  const woken: [string, number][] = []
  const nap = async (name: string, ms: number) => {
    await time.sleep(ms)
    woken.push([name, time.now()])
  }
  await time.run(() => Promise.all([nap('c', 3_600_000), nap('a', 5), nap('b', 60_000)]))
  expect(woken).toEqual([
    ['a', 1005],
    ['b', 61_000],
    ['c', 3_601_000],
  ])
})

test('stands still while work is running', async () => {
  const time = createVirtualTime(0)
  let during = -1
  const work = time.hold(async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    during = time.now()
  })
  await time.run(() => Promise.all([work(), time.sleep(10)]))
  expect([during, time.now()]).toEqual([0, 10])
})

test('an aborted sleep rejects and takes no time', async () => {
  const time = createVirtualTime(0)
  const controller = new AbortController()
  await expect(
    time.run(async () => {
      const asleep = time.sleep(1000, controller.signal)
      controller.abort(new Error('enough'))
      await asleep
    }),
  ).rejects.toThrow('enough')
  expect(time.now()).toBe(0)
})

test('rejects when the work waits and no timer is set', async () => {
  await expect(createVirtualTime(0).run(() => new Promise(() => {}))).rejects.toThrow('no timer is set')
})
