import { describe, expect, it } from 'vitest'
import { EarlyWires } from '../../src/torrents/early-wires.ts'
import type { SwarmWire } from '../../src/torrents/swarm.ts'
import type { WireEvents } from '../../src/torrents/wire-feed.ts'

const wire: SwarmWire = {
  ...{ id: 1, address: '1.1.1.1', port: 5, transport: 'tcp', isIncoming: false },
  ...{ requestLimit: 250, isFast: true },
  ...{ request: () => {}, cancel: () => {}, setInterested: () => {}, destroy: () => {} },
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
    early.requestLimit(wire)
    early.bitfield(wire, new Uint8Array([1]))
    early.have(wire, 7)
    early.have(wire, 300)
    early.haveAll(wire)
    early.allowedFast(wire, 3)
    early.choked(wire)
    early.unchoked(wire)
    const { heard, events } = listener()
    early.connect(events)
    const past = 'opened,requestLimit,bitfield,have 7,have 300,haveAll,allowedFast 3,unchoked'
    expect(heard.join()).toBe(past)
    early.choked(wire)
    early.wireClosed(wire)
    expect(heard.join()).toBe(`${past},choked,closed`)
  })

  it('keeps nothing of wires that are gone, and each fact once, however often it was told', () => {
    const early = new EarlyWires()
    const other = { ...wire, id: 2 }
    early.wireOpened(other)
    early.wireOpened(wire)
    early.unchoked(other)
    early.wireClosed(other)
    for (let count = 0; count < 1_000; count++) {
      early.unchoked(wire)
      early.choked(wire)
      early.have(wire, 5)
      early.allowedFast(wire, count)
      early.have(wire, 2 ** 31 + count)
    }
    const { heard, events } = listener()
    early.connect(events)
    expect(heard.slice(0, 3)).toEqual(['opened', 'have 5', 'allowedFast 0'])
    expect(heard).toHaveLength(102)
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

  it('tells each event once, also where it is connected again', () => {
    const early = new EarlyWires()
    early.wireOpened(wire)
    const { heard, events } = listener()
    early.connect(events)
    early.connect(events)
    expect(heard).toEqual(['opened'])
  })
})
