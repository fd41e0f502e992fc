import { describe, expect, it } from 'vitest'
import { EarlyWires } from '../../../src/torrents/swarm/early-wires.ts'
import type { SwarmWire, WireListener } from '../../../src/torrents/swarm/swarm.ts'
import type { WireEvent } from '../../../src/torrents/swarm/wire-events.ts'

const wire: SwarmWire = {
  ...{ id: 1, address: '1.1.1.1', port: 5, transport: 'tcp', isIncoming: false },
  ...{ requestLimit: 250, roundTripMs: null, givesSamples: true, isFast: true },
  ...{ request: () => {}, cancel: () => {}, setInterested: () => {}, destroy: () => {} },
  known: () => [{ kind: 'have-all' }, { kind: 'unchoked' }],
}

function listener(): { heard: string[]; events: WireListener } {
  const heard: string[] = []
  const events: WireListener = {
    wireEvent: (_, event) => heard.push(Object.values(event).join(' ')),
    block: (_, piece, offset) => heard.push(`block ${piece} ${offset}`),
  }
  return { heard, events }
}

function tell(early: EarlyWires, ...events: readonly WireEvent[]): void {
  for (const event of events) early.wireEvent(wire, event)
}

describe('EarlyWires', () => {
  it('tells how things stand, and then what happens', () => {
    const early = new EarlyWires()
    early.wireEvent(wire, { kind: 'opened' })
    tell(early, { kind: 'have', piece: 7 })
    tell(early, { kind: 'unchoked' })
    tell(early, { kind: 'choked' })
    const { heard, events } = listener()
    early.connect(events)
    expect(heard.join()).toBe('opened,have-all,unchoked')
    tell(early, { kind: 'choked' })
    tell(early, { kind: 'have', piece: 8 })
    early.wireEvent(wire, { kind: 'closed' })
    expect(heard.join()).toBe('opened,have-all,unchoked,choked,have 8,closed')
  })

  it('keeps nothing of wires that are gone', () => {
    const early = new EarlyWires()
    const other = { ...wire, id: 2 }
    early.wireEvent(other, { kind: 'opened' })
    early.wireEvent(wire, { kind: 'opened' })
    early.wireEvent(other, { kind: 'closed' })
    const { heard, events } = listener()
    early.connect(events)
    expect(heard).toEqual(['opened', 'have-all', 'unchoked'])
  })

  it('keeps no blocks and no rejections: nobody asked for any', () => {
    const early = new EarlyWires()
    early.block(wire, 0, 0, new Uint8Array(16_384))
    tell(early, { kind: 'rejected', piece: 0, offset: 0 })
    const { heard, events } = listener()
    early.connect(events)
    expect(heard).toEqual([])
    early.block(wire, 0, 0, new Uint8Array(16_384))
    tell(early, { kind: 'rejected', piece: 0, offset: 0 })
    expect(heard).toEqual(['block 0 0', 'rejected 0 0'])
  })

  it('tells each wire once, also where it is connected again', () => {
    const early = new EarlyWires()
    early.wireEvent(wire, { kind: 'opened' })
    const { heard, events } = listener()
    early.connect(events)
    early.connect(events)
    expect(heard).toEqual(['opened', 'have-all', 'unchoked'])
  })
})
