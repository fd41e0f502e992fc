import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import type { Delivery, EventMessage, SendEvent } from '../../../src/upnp/eventing/event-sender.ts'
import { Eventing } from '../../../src/upnp/eventing/eventing.ts'
import { nextSeq } from '../../../src/upnp/eventing/subscription.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const CALLBACKS = [new URL('http://10.0.0.7/')]
const TO_300 = { callbackUrls: CALLBACKS, timeoutSeconds: 300 }

/** A service with two variables, and a network that delivers when the test lets it. */
class Stage {
  readonly clock = new FakeClock()
  readonly variables = new Map([
    ['SystemUpdateID', '5'],
    ['Other', 'a & b'],
  ])
  readonly sent: EventMessage[] = []
  /** The SystemUpdateID that the subscriber knew, each time that the variables were asked for. */
  readonly toldIds: (string | undefined)[] = []
  /** What becomes of each event: `null` to leave it on its way. */
  outcome: (() => Promise<Delivery>) | null = () => Promise.resolve('taken')
  readonly eventing: Eventing

  /** @param minEventIntervalMs - What the service moderates its events to. */
  constructor(minEventIntervalMs = 2_000) {
    const sendEvent: SendEvent = (_urls, message, signal) => {
      this.sent.push(message)
      if (this.outcome !== null) return this.outcome()
      return new Promise<Delivery>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    }
    const stateVariables = (told: ReadonlyMap<string, string>): ReadonlyMap<string, string> => {
      this.toldIds.push(told.get('SystemUpdateID'))
      return new Map(this.variables)
    }
    const log = silentLogger()
    this.eventing = new Eventing({
      minEventIntervalMs,
      stateVariables,
      sendEvent,
      clock: this.clock,
      log,
    })
  }

  subscribe(timeoutSeconds = 300, address = '10.0.0.7'): string {
    const request = { callbackUrls: CALLBACKS, timeoutSeconds }
    const lease = this.eventing.subscribe(address, request)
    if (lease === null) throw new Error('no room')
    this.eventing.begin(lease.sid)
    return lease.sid
  }

  set(updateId: number): void {
    this.variables.set('SystemUpdateID', String(updateId))
    this.eventing.notify()
  }

  /** SEQ and SystemUpdateID of each event sent. */
  get events(): readonly string[] {
    return this.sent.map(({ seq, body }) => {
      return `${seq}: ${/<SystemUpdateID>(\d+)</.exec(body)?.[1]}`
    })
  }
}

function propertySetOf(...properties: readonly string[]): string {
  const elements = properties.map((property) => `<e:property>${property}</e:property>`).join('')
  return `<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">${elements}</e:propertyset>`
}

describe('the initial event', () => {
  it('tells every variable with SEQ 0, and not before the answer is on its way', async () => {
    const stage = new Stage()
    const lease = stage.eventing.subscribe('10.0.0.9', TO_300)
    stage.set(6)
    await stage.clock.advance(60_000)
    expect(stage.sent).toEqual([])
    stage.eventing.begin(lease?.sid ?? '')
    const body = propertySetOf('<SystemUpdateID>6</SystemUpdateID>', '<Other>a &amp; b</Other>')
    expect(stage.sent).toEqual([{ sid: lease?.sid, seq: 0, body }])
    expect(lease?.sid).toMatch(/^uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  it('goes to the new subscriber alone', async () => {
    const stage = new Stage()
    const [first, second] = [stage.subscribe(), stage.subscribe()]
    expect(stage.sent.map(({ sid }) => sid)).toEqual([first, second])
    expect(first).not.toBe(second)
  })
})

describe('an event', () => {
  it('tells only what has changed', async () => {
    const stage = new Stage()
    stage.subscribe()
    await stage.clock.advance(2_000)
    stage.set(6)
    expect(stage.sent[1]?.body).toBe(propertySetOf('<SystemUpdateID>6</SystemUpdateID>'))
    expect(stage.sent[1]?.seq).toBe(1)
  })

  it('is not sent where nothing has changed', async () => {
    const stage = new Stage()
    stage.subscribe()
    await stage.clock.advance(2_000)
    stage.set(5)
    await stage.clock.advance(10_000)
    expect(stage.events).toEqual(['0: 5'])
  })

  it('comes at most as often as the service says, with the last value', async () => {
    const stage = new Stage()
    stage.subscribe()
    for (let updateId = 6; updateId < 106; updateId++) stage.set(updateId)
    await stage.clock.advance(1_999)
    expect(stage.events).toEqual(['0: 5'])
    await stage.clock.advance(1)
    expect(stage.events).toEqual(['0: 5', '1: 105'])
    stage.set(200)
    stage.set(201)
    await stage.clock.advance(1_999)
    expect(stage.events).toHaveLength(2)
    await stage.clock.advance(1)
    expect(stage.events).toEqual(['0: 5', '1: 105', '2: 201'])
    await stage.clock.advance(2_000)
    stage.set(202)
    expect(stage.events).toHaveLength(4)
  })

  it('comes as soon as the one before it is delivered where the service moderates nothing', async () => {
    const stage = new Stage(0)
    stage.subscribe()
    await stage.clock.advance(0)
    stage.set(6)
    await stage.clock.advance(0)
    stage.set(7)
    expect(stage.events).toEqual(['0: 5', '1: 6', '2: 7'])
  })

  it('waits for the one before it, and then has the last value', async () => {
    const stage = new Stage()
    let deliver = (): void => {}
    stage.outcome = () =>
      new Promise((resolve) => {
        deliver = () => resolve('taken')
      })
    stage.subscribe()
    stage.set(6)
    await stage.clock.advance(10_000)
    stage.set(7)
    expect(stage.events).toEqual(['0: 5'])
    deliver()
    await stage.clock.advance(0)
    expect(stage.events).toEqual(['0: 5', '1: 7'])
  })

  it('counts to 2^32 - 1 and then from 1', () => {
    expect(nextSeq(0)).toBe(1)
    expect(nextSeq(4_294_967_294)).toBe(4_294_967_295)
    expect(nextSeq(4_294_967_295)).toBe(1)
  })
})

describe('a subscriber that fails', () => {
  it('is told with the next event what it has missed', async () => {
    const stage = new Stage()
    stage.outcome = () => Promise.reject(new Error('no answer'))
    stage.subscribe()
    await stage.clock.advance(60_000)
    expect(stage.events).toEqual(['0: 5'])
    stage.outcome = () => Promise.resolve('taken')
    stage.set(6)
    const all = propertySetOf('<SystemUpdateID>6</SystemUpdateID>', '<Other>a &amp; b</Other>')
    expect(stage.sent[1]).toMatchObject({ seq: 1, body: all })
  })

  it('is dropped after three failures in a row', async () => {
    const stage = new Stage()
    const failure = (): Promise<Delivery> => Promise.reject(new Error('no answer'))
    const sid = stage.subscribe(1_800)
    const taken = (): Promise<Delivery> => Promise.resolve('taken')
    const outcomes = [failure, failure, taken, failure, failure]
    for (const [index, outcome] of outcomes.entries()) {
      await stage.clock.advance(2_000)
      stage.outcome = outcome
      stage.set(10 + index)
    }
    await stage.clock.advance(2_000)
    expect(stage.eventing.renew(sid, 1_800)).not.toBeNull()
    stage.outcome = failure
    stage.set(20)
    await stage.clock.advance(0)
    expect(stage.eventing.renew(sid, 1_800)).toBeNull()
    expect(stage.clock.pending).toBe(0)
  })
})

describe('a subscriber that is rude', () => {
  it('stays until it expires, and is told only what has changed since', async () => {
    const stage = new Stage()
    stage.outcome = () => Promise.resolve('reached')
    const sid = stage.subscribe(60)
    for (let updateId = 10; updateId < 20; updateId++) {
      await stage.clock.advance(2_000)
      stage.set(updateId)
    }
    expect(stage.events).toHaveLength(11)
    expect(stage.sent[0]?.body).toContain('<Other>')
    expect(stage.sent.at(-1)?.body).toBe(propertySetOf('<SystemUpdateID>19</SystemUpdateID>'))
    expect(stage.eventing.renew(sid, 60)).not.toBeNull()
    await stage.clock.advance(60_000)
    expect(stage.eventing.renew(sid, 60)).toBeNull()
  })

  it('is told again what could not be delivered at all', async () => {
    const stage = new Stage()
    stage.outcome = () => Promise.resolve('reached')
    stage.subscribe()
    await stage.clock.advance(2_000)
    stage.outcome = () => Promise.reject(new Error('no connection'))
    stage.set(6)
    await stage.clock.advance(2_000)
    stage.outcome = () => Promise.resolve('reached')
    stage.variables.set('Other', 'c')
    stage.eventing.notify()
    expect(stage.sent.at(-1)?.body).toBe(
      propertySetOf('<SystemUpdateID>6</SystemUpdateID>', '<Other>c</Other>'),
    )
  })

  it('is said what has changed since the event before', async () => {
    const stage = new Stage()
    stage.outcome = () => Promise.resolve('reached')
    stage.subscribe()
    await stage.clock.advance(2_000)
    stage.set(6)
    await stage.clock.advance(2_000)
    stage.set(7)
    expect(stage.toldIds).toEqual([undefined, '5', '6'])
  })
})

describe('a subscription', () => {
  it('expires', async () => {
    const stage = new Stage()
    const sid = stage.subscribe(10)
    await stage.clock.advance(10_000)
    stage.set(6)
    expect(stage.events).toEqual(['0: 5'])
    expect(stage.eventing.renew(sid, 10)).toBeNull()
    expect(stage.eventing.unsubscribe(sid)).toBe(false)
    expect(stage.clock.pending).toBe(0)
  })

  it('goes on with its SEQ when it is renewed, without another initial event', async () => {
    const stage = new Stage()
    const sid = stage.subscribe(10)
    await stage.clock.advance(9_999)
    expect(stage.eventing.renew(sid, 20)).toEqual({ sid, timeoutSeconds: 20 })
    await stage.clock.advance(19_999)
    stage.set(6)
    expect(stage.events).toEqual(['0: 5', '1: 6'])
    await stage.clock.advance(1)
    expect(stage.eventing.renew(sid, 20)).toBeNull()
  })

  it('ends when it is cancelled, in the middle of an event too', async () => {
    const stage = new Stage()
    stage.outcome = null
    const sid = stage.subscribe()
    stage.set(6)
    expect(stage.eventing.unsubscribe(sid)).toBe(true)
    expect(stage.eventing.unsubscribe(sid)).toBe(false)
    stage.set(7)
    await stage.clock.advance(60_000)
    expect(stage.events).toEqual(['0: 5'])
    expect(stage.clock.pending).toBe(0)
  })

  it('finds no room beside 500 others', () => {
    const stage = new Stage()
    const sids = Array.from({ length: 500 }, (_, i) => stage.subscribe(300, `10.0.1.${i % 100}`))
    expect(stage.eventing.subscribe('10.0.0.9', TO_300)).toBeNull()
    stage.eventing.unsubscribe(sids[0] ?? '')
    expect(stage.eventing.subscribe('10.0.0.9', TO_300)).not.toBeNull()
  })
})

describe('one address', () => {
  it('has room for 20, renews them, and leaves the rest to others', () => {
    const stage = new Stage()
    const sids = Array.from({ length: 20 }, () => stage.subscribe(300, '10.0.0.9'))
    expect(stage.eventing.subscribe('10.0.0.9', TO_300)).toBeNull()
    expect(stage.eventing.renew(sids[0] ?? '', 300)).not.toBeNull()
    expect(stage.eventing.subscribe('10.0.0.8', TO_300)).not.toBeNull()
    stage.eventing.unsubscribe(sids[0] ?? '')
    expect(stage.eventing.subscribe('10.0.0.9', TO_300)).not.toBeNull()
  })
})

describe('close()', () => {
  it('frees every timer and every event on its way', async () => {
    const stage = new Stage()
    stage.outcome = null
    for (let count = 0; count < 10; count++) stage.subscribe()
    stage.eventing.close()
    expect(stage.clock.pending).toBe(0)
    stage.set(6)
    await stage.clock.advance(60_000)
    expect(stage.sent).toHaveLength(10)
  })
})
