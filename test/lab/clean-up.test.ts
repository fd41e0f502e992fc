import { expect, it } from 'vitest'
import { CleanUp } from '../e2e/lab/clean-up.ts'

it('a step of cleaning up is taken whatever became of those before it, and the first error is told', async () => {
  const taken: string[] = []
  const step = (name: string, error?: string) => async (): Promise<void> => {
    taken.push(name)
    if (error !== undefined) throw new Error(error)
  }
  const cleanUp = new CleanUp()
  await cleanUp.all(step('programs'), step('program', 'it has ended'), step('other programs'))
  await cleanUp.all(() => {
    taken.push('namespaces')
    throw new Error('it throws at once')
  })
  await cleanUp.all(step('folder', 'it is busy'))
  expect(taken).toEqual(['programs', 'program', 'other programs', 'namespaces', 'folder'])
  expect(() => cleanUp.end()).toThrow('it has ended')
})

it('cleaning up where every step succeeds tells of no error', async () => {
  const cleanUp = new CleanUp()
  await cleanUp.all(async () => {})
  cleanUp.end()
})
