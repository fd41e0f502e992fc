import type { RemoteInfo } from 'node:dgram'
import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { WireProbe, type WireSocket } from '../../../src/upnp/discovery/wires.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

/** A machine whose interfaces are plugged into switches, by name. */
class FakeCabling {
  plugged: Readonly<Record<string, string>>
  looks = 0
  /** What others send as well. */
  noise: readonly [Buffer, string][] = []

  constructor(plugged: Readonly<Record<string, string>>) {
    this.plugged = plugged
  }

  readonly openSocket = (): WireSocket => {
    this.looks++
    let hear: (message: Buffer, from: RemoteInfo) => void = () => {}
    let out = ''
    return {
      on: (event: string, listener: unknown) => {
        if (event === 'message') hear = listener as typeof hear
      },
      bind: (_port: number, _address: string, listening: () => void) => listening(),
      address: () => ({ port: 1 }),
      setMulticastInterface: (zone: string) => {
        out = zone.slice(3)
      },
      setMulticastTTL: () => {},
      setMulticastLoopback: () => {},
      send: (message: Uint8Array) => {
        const from = (zone: string): RemoteInfo => ({
          ...{ address: `fe80::1%${zone}`, family: 'IPv6', port: 1, size: message.length },
        })
        for (const [other, wire] of Object.entries(this.plugged)) {
          if (other !== out && wire === this.plugged[out]) hear(Buffer.from(message), from(other))
        }
        for (const [bytes, zone] of this.noise) hear(bytes, from(zone))
      },
      close: () => {},
    }
  }
}

const NAMES = ['eth0', 'eth1', 'wlan0']
const INTERFACES = Object.fromEntries(NAMES.map((name) => [name, []]))

function probeOf(cabling: FakeCabling) {
  const clock = new FakeClock()
  const { openSocket } = cabling
  const probe = new WireProbe({ clock, log: silentLogger(), openSocket })
  const look = async (names = NAMES) => {
    const looked = probe.look(names, INTERFACES)
    await clock.advance(200)
    await looked
    return NAMES.map((name) => probe.wireOf(name))
  }
  return look
}

it('finds interfaces that hear each other, through others too', async () => {
  const look = probeOf(new FakeCabling({ eth0: 'a', eth1: 'b', wlan0: 'b' }))
  expect(await look()).toEqual(['eth0', 'eth1', 'eth1'])
})

it('forgets them only after some looks without a sound, or when one is gone', async () => {
  const cabling = new FakeCabling({ eth0: 'a', eth1: 'a', wlan0: 'b' })
  const look = probeOf(cabling)
  await look()
  cabling.plugged = { eth0: 'a', eth1: 'b', wlan0: 'c' }
  expect(await look()).toEqual(['eth0', 'eth0', 'wlan0'])
  await look()
  expect(await look()).toEqual(NAMES)
  cabling.plugged = { eth0: 'a', eth1: 'a', wlan0: 'c' }
  const shared = probeOf(cabling)
  await shared()
  expect(await shared(['eth0', 'wlan0'])).toEqual(NAMES)
})

it('believes nobody who does not say what was sent', async () => {
  const cabling = new FakeCabling({ eth0: 'a', eth1: 'b', wlan0: 'c' })
  cabling.noise = [
    [Buffer.alloc(16), 'eth1'],
    [Buffer.from('eth0'), 'eth1'],
  ]
  expect(await probeOf(cabling)()).toEqual(NAMES)
})

it('says nothing where there is one interface, and little where nothing changes', async () => {
  const cabling = new FakeCabling({ eth0: 'a', eth1: 'b', wlan0: 'c' })
  const look = probeOf(cabling)
  await look(['eth0'])
  expect(cabling.looks).toBe(0)
  for (let call = 0; call < 64; call++) await look()
  expect(cabling.looks).toBeLessThanOrEqual(10)
})

it('knows nothing where there is no IPv6', async () => {
  const openSocket = (): WireSocket => {
    throw new Error('EAFNOSUPPORT')
  }
  const probe = new WireProbe({ clock: new FakeClock(), log: silentLogger(), openSocket })
  await probe.look(NAMES, INTERFACES)
  expect(probe.wireOf('eth1')).toBe('eth1')
})
