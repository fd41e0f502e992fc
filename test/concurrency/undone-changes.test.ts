import { expect, it } from 'vitest'
import { UndoneChanges } from '../../src/concurrency/undone-changes.ts'

const FULL = new Error('full')

/** A number, and saves of it that end when they are told to. */
class Saved {
  value = 0
  readonly #changes = new UndoneChanges()
  readonly #saves: { resolve: () => void; reject: (error: Error) => void }[] = []

  set(value: number, isRefusal?: (error: unknown) => boolean): Promise<void> {
    return this.#changes.run(
      'number',
      {
        current: () => this.value,
        make: () => {
          if (value < 0) throw FULL
          this.value = value
        },
        isSame: (before) => before === this.value,
        ...(isRefusal === undefined ? {} : { isRefusal }),
        undo: (before) => {
          this.value = before
        },
      },
      () => new Promise((resolve, reject) => void this.#saves.push({ resolve, reject })),
    )
  }

  /** Ends saves that were begun, the first first. */
  end(...outcomes: readonly ('saved' | 'failed')[]): void {
    for (const outcome of outcomes) {
      const save = this.#saves.shift()
      if (outcome === 'saved') save?.resolve()
      else save?.reject(FULL)
    }
  }
}

async function begun(...changes: readonly Promise<void>[]): Promise<Promise<string[]>> {
  const ended = Promise.allSettled(changes)
  await Promise.resolve()
  await Promise.resolve()
  return ended.then((all) => all.map(({ status }) => status))
}

it('takes back what cannot be saved', async () => {
  const saved = new Saved()
  const change = begun(saved.set(1))
  await Promise.resolve()
  expect(saved.value).toBe(1)
  await nextSave(saved, 'failed')
  expect(await change).toEqual(['rejected'])
  expect(saved.value).toBe(0)
})

async function nextSave(saved: Saved, ...outcomes: ('saved' | 'failed')[]): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  saved.end(...outcomes)
}

it.each<[outcomes: ('saved' | 'failed')[], left: number]>([
  [['failed', 'failed'], 0],
  [['saved', 'failed'], 1],
  [['saved', 'saved'], 2],
])('of two that are %s leaves what a restart would know', async (outcomes, left) => {
  const saved = new Saved()
  const changes = begun(saved.set(1), saved.set(2))
  await nextSave(saved, ...outcomes)
  expect(await changes).toEqual(outcomes.map((end) => (end === 'saved' ? 'fulfilled' : 'rejected')))
  expect(saved.value).toBe(left)
})

it('saves nothing where nothing has changed', async () => {
  const saved = new Saved()
  await saved.set(0)
  expect(saved.value).toBe(0)
})

it('takes nothing back where nothing was made', async () => {
  const saved = new Saved()
  const first = begun(saved.set(1))
  await expect(saved.set(-1, (error) => error === FULL)).rejects.toBe(FULL)
  expect(saved.value).toBe(1)
  await nextSave(saved, 'saved')
  expect(await first).toEqual(['fulfilled'])
})
