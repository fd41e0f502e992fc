import { describe, expect, it } from 'vitest'
import { AnnounceGate, type Urgency } from '../../../src/torrents/discovery/announce-gate.ts'

const never = new AbortController().signal

/** Runs that end when they are told to. */
class Runs {
  readonly begun: string[] = []
  readonly #ends = new Map<string, () => void>()
  readonly #gate: AnnounceGate

  constructor(gate: AnnounceGate) {
    this.#gate = gate
  }

  start(name: string, owner: object, urgency: Urgency = 'first', signal = never): Promise<string> {
    return this.#gate.pass(owner, urgency, signal, () => {
      this.begun.push(name)
      return new Promise((resolve) => this.#ends.set(name, () => resolve(name)))
    })
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('AnnounceGate', () => {
  it('lets through so many in all, and so many of each', async () => {
    const runs = new Runs(new AnnounceGate({ total: 3, perOwner: 2 }))
    const [one, other] = [{}, {}]
    for (const name of ['a1', 'a2', 'a3']) void runs.start(name, one)
    for (const name of ['b1', 'b2']) void runs.start(name, other)
    await runs.end('')
    expect(runs.begun).toEqual(['a1', 'a2', 'b1'])
    await runs.end('b1')
    expect(runs.begun).toEqual(['a1', 'a2', 'b1', 'b2'])
    await runs.end('a1')
    expect(runs.begun).toEqual(['a1', 'a2', 'b1', 'b2', 'a3'])
  })

  it('prefers those that have not failed', async () => {
    const runs = new Runs(new AnnounceGate({ total: 1, perOwner: 1 }))
    void runs.start('now', {})
    void runs.start('again', {}, 'again')
    void runs.start('first', {}, 'first')
    for (const name of ['', 'now', 'first']) await runs.end(name)
    expect(runs.begun).toEqual(['now', 'first', 'again'])
  })

  it('goes on after what fails, and without whom gave up', async () => {
    const gate = new AnnounceGate({ total: 1, perOwner: 1 })
    const failing = gate.pass({}, 'first', never, () => Promise.reject(new Error('dead')))
    const ending = new AbortController()
    const waiting = gate.pass({}, 'first', ending.signal, () => Promise.resolve('ran'))
    ending.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(failing).rejects.toThrow('dead')
    expect(await gate.pass({}, 'first', never, () => Promise.resolve('ran'))).toBe('ran')
    const late = gate.pass({}, 'first', ending.signal, () => Promise.resolve('ran'))
    await expect(late).rejects.toThrow('enough')
  })

  it('lets thousands give up at once', async () => {
    const gate = new AnnounceGate({ total: 1, perOwner: 1 })
    void gate.pass({}, 'first', never, () => new Promise(() => {}))
    const endings = Array.from({ length: 5_000 }, () => new AbortController())
    const waiting = endings.map(({ signal }) =>
      gate.pass({}, 'again', signal, () => Promise.resolve()).catch(() => 'gave up'),
    )
    for (const ending of endings) ending.abort(new Error('enough'))
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gave up']))
  })
})
