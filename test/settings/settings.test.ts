import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AtomicFile } from '../../src/atomic-file.ts'
import { silentLogger } from '../../src/log.ts'
import type { Setting } from '../../src/settings/setting.ts'
import { Settings } from '../../src/settings/settings.ts'

let folder = ''
let path = ''
/** What was applied, in order. */
let applied: unknown[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-test-'))
  path = join(folder, 'settings.json')
  applied = []
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (): Promise<Settings> => Settings.open(new AtomicFile(path), silentLogger())

function slots(options: Partial<Setting<number>> = {}): Setting<number> {
  return {
    name: 'slots',
    kind: 'number',
    unit: 'connections',
    effect: 'How many there may be.',
    initial: 8,
    isGiven: false,
    check: z.number('must be a number').int().min(1, 'must be at least 1'),
    apply: (value) => void applied.push(value),
    ...options,
  }
}

function secret(options: Partial<Setting<string | null>> = {}): Setting<string | null> {
  return {
    name: 'secret',
    kind: 'secret',
    unit: null,
    effect: 'Opens the door.',
    initial: null,
    isGiven: false,
    check: z.string().min(3, 'must have 3 characters').nullable(),
    apply: (value) => void applied.push(value),
    ...options,
  }
}

describe('Settings', () => {
  it('applies what holds at the start, and says what there is', async () => {
    const settings = await open()
    await settings.register(slots())
    expect(applied).toEqual([8])
    expect(settings.all).toEqual([
      {
        ...{ name: 'slots', kind: 'number', value: 8, unit: 'connections' },
        ...{ effect: 'How many there may be.', restart: false, given: false },
      },
    ])
  })

  it('changes, applies and saves, also over a restart', async () => {
    const settings = await open()
    await settings.register(slots())
    await settings.change({ slots: 20 })
    expect(settings.all[0]?.value).toBe(20)
    const again = await open()
    await again.register(slots())
    expect(again.all[0]?.value).toBe(20)
    expect(applied).toEqual([8, 20, 20])
  })

  it('lets the command line win at the start, and a change win after it', async () => {
    await writeFile(path, '{"values":{"slots":20}}')
    const settings = await open()
    await settings.register(slots({ initial: 3, isGiven: true }))
    expect(settings.all[0]).toMatchObject({ value: 3, given: true })
    await settings.change({ slots: 4 })
    expect(settings.all[0]?.value).toBe(4)
  })

  it('goes back to the initial value with null, and forgets the saved one', async () => {
    const settings = await open()
    await settings.register(slots())
    await settings.change({ slots: 20 })
    await settings.change({ slots: null })
    expect(settings.all[0]?.value).toBe(8)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ values: {} })
  })

  it('takes null for a value where it is one', async () => {
    const settings = await open()
    await settings.register(secret({ initial: 'abc' }))
    await settings.change({ secret: null })
    const again = await open()
    await again.register(secret({ initial: 'abc' }))
    expect(again.all[0]?.value).toBeNull()
  })

  it('shows of a secret only that there is one', async () => {
    const settings = await open()
    await settings.register(secret())
    await settings.change({ secret: 'open sesame' })
    expect(settings.all[0]?.value).toBe('set')
    expect(applied).toEqual([null, 'open sesame'])
  })

  it('changes nothing where one of several values is wrong', async () => {
    const settings = await open()
    await settings.register(slots())
    await settings.register(secret())
    const wrong = settings.change({ slots: 9, secret: 'x' })
    await expect(wrong).rejects.toThrow('secret: must have 3 characters')
    await expect(settings.change({ slots: 0 })).rejects.toThrow('slots: must be at least 1')
    await expect(settings.change({ slot: 1 })).rejects.toThrow('there is no setting "slot"')
    expect(settings.all.map(({ value }) => value)).toEqual([8, null])
    expect(await readdir(folder)).toEqual([])
  })

  it('undoes what was applied where another cannot be', async () => {
    const settings = await open()
    await settings.register(slots())
    await settings.register(
      secret({
        apply: (value) => {
          if (value !== null) throw new Error('the door is jammed')
        },
      }),
    )
    const wrong = settings.change({ slots: 9, secret: 'sesame' })
    await expect(wrong).rejects.toThrow('secret cannot be changed: the door is jammed')
    expect(applied).toEqual([8, 9, 8])
    expect(settings.all[0]?.value).toBe(8)
  })

  it('undoes what cannot be saved', async () => {
    const settings = await open()
    await settings.register(slots())
    await rm(folder, { recursive: true })
    await writeFile(folder, 'no folder')
    await expect(settings.change({ slots: 9 })).rejects.toThrow()
    expect(settings.all[0]?.value).toBe(8)
    expect(applied).toEqual([8, 9, 8])
  })

  it('undoes the rest where one of them cannot be undone, and says which holds', async () => {
    const settings = await open()
    const elsewhere = (name: string, isStuck: boolean): Setting<number> => {
      let kept = 1
      return slots({
        name,
        read: () => kept,
        apply: (value) => {
          if (isStuck && kept !== 1) throw new Error('full')
          kept = value
        },
      })
    }
    const all = [slots(), elsewhere('first', false), elsewhere('stuck', true)]
    for (const setting of all) await settings.register(setting)
    await rm(folder, { recursive: true })
    await writeFile(folder, 'no folder')
    const change = settings.change({ first: 2, slots: 9, stuck: 3 })
    await expect(change).rejects.toThrow(
      /^settings\.json could not be stored in .*; what was asked for holds now of stuck$/,
    )
    expect(settings.all.map(({ value }) => value)).toEqual([8, 1, 3])
  })

  it('uses no saved value that is none any more', async () => {
    await writeFile(path, '{"values":{"slots":"many"}}')
    const settings = await open()
    await settings.register(slots())
    expect(settings.all[0]?.value).toBe(8)
  })

  it('keeps a damaged file aside and starts without', async () => {
    await writeFile(path, '{"values":{"slo')
    const settings = await open()
    await settings.register(slots())
    expect(settings.all[0]?.value).toBe(8)
    expect((await readdir(folder)).join()).toMatch(/^settings\.json\.bad-/)
  })

  it('keeps what is saved of settings that this run does not have', async () => {
    await writeFile(path, '{"values":{"other":1}}')
    const settings = await open()
    await settings.register(slots())
    await settings.change({ slots: 9 })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ values: { other: 1, slots: 9 } })
  })

  it('asks whoever keeps a value, and saves nothing of it', async () => {
    let kept = 3
    const options: Partial<Setting<number>> = {
      read: () => kept,
      apply: (value) => {
        kept = value
      },
    }
    const settings = await open()
    await settings.register(slots(options))
    expect([kept, settings.all[0]?.value]).toEqual([3, 3])
    await settings.change({ slots: 5 })
    kept += 1
    expect(settings.all[0]?.value).toBe(6)
    expect(await readdir(folder)).toEqual([])
  })
})
