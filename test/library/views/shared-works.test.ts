import { expect, it } from 'vitest'
import { EMPTY_CATALOGUE } from '../../../src/library/views/catalogue.ts'
import { SharedWorks } from '../../../src/library/views/shared-works.ts'

it('makes the works of a catalogue once for those who ask at the same time, and anew for another', async () => {
  const shared = new SharedWorks()
  const catalogue = { ...EMPTY_CATALOGUE }
  const [first, second] = await Promise.all([shared.of(catalogue), shared.of(catalogue)])
  expect(second).toBe(first)
  expect(await shared.of(catalogue)).toBe(first)
  expect(await shared.of({ ...EMPTY_CATALOGUE })).not.toBe(first)
})

it('gives each who asks the works of his own catalogue, also where they are made meanwhile', async () => {
  const shared = new SharedWorks()
  const catalogues = [{ ...EMPTY_CATALOGUE }, { ...EMPTY_CATALOGUE }]
  const made = await Promise.all(catalogues.map((catalogue) => shared.of(catalogue)))
  expect(made[0]).not.toBe(made[1])
})
