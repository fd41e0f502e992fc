import { networkInterfaces } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { steadyClock } from '../../../src/clock.ts'
import {
  KernelRoutes,
  openSystemRoutes,
  parseWay,
} from '../../../src/torrents/binding/kernel-routes.ts'

describe('what `ip -json route get` answers', () => {
  it.each([
    ['[{"dst":"192.0.2.1","dev":"eth0","flags":[]}]', { kind: 'by', interfaceName: 'eth0' }],
    ['[{"type":"unreachable","dst":"192.0.2.1"}]', { kind: 'nowhere' }],
    ['[]', { kind: 'nowhere' }],
    ['null', { kind: 'nowhere' }],
    ['[null]', { kind: 'nowhere' }],
    ['what?', { kind: 'untold' }],
  ])('%s', (answer, way) => {
    expect(parseWay(answer)).toEqual(way)
  })
})

const routes = await openSystemRoutes({ networkInterfaces, clock: steadyClock })
const knows = routes instanceof KernelRoutes
routes.close()

describe.skipIf(!knows)('the routes of this machine', () => {
  function open(): KernelRoutes {
    const opened = new KernelRoutes()
    onTestFinished(() => opened.close())
    return opened
  }

  it('are asked for one after another, whatever the kernel says to each', async () => {
    const opened = open()
    const ways = await Promise.all([
      opened.wayTo('127.0.0.1', '127.0.0.1'),
      // Nobody can send from an address that is not ours.
      opened.wayTo('127.0.0.2', '203.0.113.1'),
      opened.wayTo('127.0.0.3', '127.0.0.1'),
    ])
    const loopback = { kind: 'by', interfaceName: 'lo' }
    expect(ways).toEqual([loopback, { kind: 'nowhere' }, loopback])
  })

  it('takes nothing but addresses for a question', async () => {
    const opened = open()
    expect(await opened.wayTo('127.0.0.1\nlink show', '127.0.0.1')).toEqual({ kind: 'nowhere' })
  })

  it('are told of no more once it is closed', async () => {
    const opened = open()
    opened.close()
    expect(await opened.wayTo('127.0.0.1', '127.0.0.1')).toEqual({ kind: 'untold' })
  })
})
