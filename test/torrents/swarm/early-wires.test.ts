import { describe, expect, it } from 'vitest'
import { EarlyWires } from '../../../src/torrents/swarm/early-wires.ts'
import type { SwarmWire, WireEvents } from '../../../src/torrents/swarm/swarm.ts'

const wire: SwarmWire = {
  ...{ id: 1, address: '1.1.1.1', port: 5, transport: 'tcp', isIncoming: false },
  ...{ requestLimit: 250, isFast: true },
  ...{ request: () => {}, cancel: () => {}, setInterested: () => {}, destroy: () => {} },
  tellKnown: (target) => {
    target.haveAll(wire)
    target.unchoked(wire)
  },
}

function listener(): { heard: string[]; events: WireEvents } {
  const heard: string[] = []
  const hear =
    (name: string) =>
    (_: SwarmWire, ...rest: readonly unknown[]): void => {
      heard.push([name, ...rest.filter((part) => typeof part === 'number')].join(' '))
    }
  const events: WireEvents = {
    ...{ wireOpened: hear('opened'), wireClosed: hear('closed') },
    ...{ choked: hear('choked'), unchoked: hear('unchoked') },
    ...{ have: hear('have'), bitfield: hear('bitfield'), haveAll: hear('haveAll') },
    ...{ allowedFast: hear('allowedFast'), requestLimit: hear('requestLimit') },
    ...{ block: hear('block'), rejected: hear('rejected') },
  }
  return { heard, events }
}

describe('EarlyWires', () => {
  it('tells how things stand, and then what happens', () => {
    const early = new EarlyWires()
    early.wireOpened(wire)
    early.have(wire, 7)
    early.unchoked(wire)
    early.choked(wire)
    const { heard, events } = listener()
    early.connect(events)
    expect(heard.join()).toBe('opened,haveAll,unchoked')
    early.choked(wire)
    early.have(wire, 8)
    early.wireClosed(wire)
    expect(heard.join()).toBe('opened,haveAll,unchoked,choked,have 8,closed')
  })

  it('keeps nothing of wires that are gone', () => {
    const early = new EarlyWires()
    const other = { ...wire, id: 2 }
    early.wireOpened(other)
    early.wireOpened(wire)
    early.wireClosed(other)
    const { heard, events } = listener()
    early.connect(events)
    expect(heard).toEqual(['opened', 'haveAll', 'unchoked'])
  })

  it('keeps no blocks and no rejections: nobody asked for any', () => {
    const early = new EarlyWires()
    early.block(wire, 0, 0, new Uint8Array(16_384))
    early.rejected(wire, 0, 0, 16_384)
    const { heard, events } = listener()
    early.connect(events)
    expect(heard).toEqual([])
    early.block(wire, 0, 0, new Uint8Array(16_384))
    early.rejected(wire, 0, 0, 16_384)
    expect(heard).toEqual(['block 0 0', 'rejected 0 0 16384'])
  })

  it('tells each wire once, also where it is connected again', () => {
    const early = new EarlyWires()
    early.wireOpened(wire)
    const { heard, events } = listener()
    early.connect(events)
    early.connect(events)
    expect(heard).toEqual(['opened', 'haveAll', 'unchoked'])
  })
})
