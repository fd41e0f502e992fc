import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { API_ERROR_CODES } from '../../src/http/schemas/api-error-codes.ts'

const TABLE = readFileSync(new URL('../../docs/api-errors.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))

it('every code of an error is in the documentation, and no other', () => {
  const documented = TABLE.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)])
  expect(documented.map(([, code]) => code).toSorted()).toEqual([...API_ERROR_CODES].toSorted())
})
