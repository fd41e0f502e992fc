import { describe, expect, it } from 'vitest'
import { waitFor } from '../e2e/lab/wait-for.ts'
import { within } from '../helpers/within.ts'

/** Holds up everything, as a machine does that stands still. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('waiting for something', () => {
  it('looks until it is so, and takes an error for not yet', async () => {
    const looks = [new Error('not yet'), null, undefined, false, 0]
    const look = () => {
      const next = looks.shift()
      if (next instanceof Error) throw next
      return next
    }
    expect(await waitFor('zero', look, { intervalMs: 1 })).toBe(0)
  })

  it('looks once more where nobody could look until the time was over', async () => {
    let looks = 0
    const look = (): boolean => {
      looks++
      if (looks === 1) block(60)
      return looks === 2
    }
    expect(await waitFor('the second look', look, { timeoutMs: 50, intervalMs: 1 })).toBe(true)
  })

  it('says what it waited for, and why the last look failed', async () => {
    const look = (): never => {
      throw new Error('nobody is there')
    }
    const failed = waitFor('somebody', look, { timeoutMs: 20, intervalMs: 5 })
    await expect(failed).rejects.toThrow('after 20 ms still waiting for somebody')
    await expect(failed).rejects.toHaveProperty('cause.message', 'nobody is there')
  })

  it('is within a limit, and has what it waited for when that comes', async () => {
    await expect(within('what never comes', new Promise(() => {}), 10)).rejects.toThrow(
      'after 10 ms still waiting for what never comes',
    )
    expect(await within('what is there', Promise.resolve(7))).toBe(7)
    await expect(within('what fails', Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
