import { expect, test } from 'vitest'
import { makeRecord } from '../../testing/records.ts'
import { storageConformance } from '../../testing/storage-conformance.ts'
import { memoryStorage } from './memory-storage.ts'

storageConformance('memoryStorage', memoryStorage)

test('refuses to work before it is opened, as a database would', async () => {
  await expect(memoryStorage().application('shop').getSession('s1')).rejects.toMatchObject({
    code: 'storage-unavailable',
  })
})

test('still holds everything when it is opened again', async () => {
  const storage = memoryStorage()
  await storage.open()
  await storage.application('shop').commitRead('s1', 0, () => makeRecord('s1'))
  await storage.close()
  await storage.open()
  expect(await storage.application('shop').getSession('s1')).toEqual(makeRecord('s1'))
})
