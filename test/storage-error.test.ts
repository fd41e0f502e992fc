import { expect, it } from 'vitest'
import { StorageError, storageErrorIn, storing } from '../src/storage-error.ts'

const settings = { what: 'the settings', path: '/srv/settings.json' }

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}, open '/srv/settings.json.new'`), { code })
}

it.each([
  ['ENOSPC', 'full', 'the disk is full'],
  ['EDQUOT', 'full', 'the quota of this user is used up'],
  ['EROFS', 'read-only', 'the file system is read-only'],
  ['EACCES', 'forbidden', 'the system does not permit it'],
  ['EPERM', 'forbidden', 'the system does not permit it'],
  ['EIO', 'failed', 'i/o error'],
])('%s: what could not be stored, where and why (%s)', async (code, fault, reason) => {
  const cause = systemError(code, 'i/o error')
  const error = await storing(settings, () => Promise.reject(cause)).catch((error) => error)
  expect(error).toBeInstanceOf(StorageError)
  expect(error).toMatchObject({ code, fault, reason, cause, what: 'the settings' })
  expect(error.message).toBe(
    `the settings could not be stored in /srv/settings.json: ${reason} (${code})`,
  )
})

it('stays the error of what was stored first, and is found behind others', async () => {
  const inner = new StorageError(settings, systemError('ENOSPC', 'no space left on device'))
  const outer = storing({ what: 'all', path: '/' }, () => Promise.reject(inner))
  await expect(outer).rejects.toBe(inner)
  const wrapped = new Error('a', { cause: new Error('b', { cause: inner }) })
  expect(storageErrorIn(wrapped)).toBe(inner)
  expect(storageErrorIn(systemError('ENOSPC', 'no space left on device'))).toBeNull()
  expect(storageErrorIn('ENOSPC')).toBeNull()
})
