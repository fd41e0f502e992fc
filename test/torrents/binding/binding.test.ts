import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { silentLogger } from '../../../src/log.ts'
import { Binding } from '../../../src/torrents/binding/binding.ts'
import type { Routes, Way } from '../../../src/torrents/binding/routes.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { interfacesOf } from '../../helpers/interfaces.ts'

/** A machine with a LAN and a VPN, whose routes a test decides on. */
class Machine {
  interfaces = interfacesOf({ eth0: ['192.168.1.5'], wg0: ['10.8.0.2'] })
  readonly clock = new FakeClock()
  /** By which interface what is sent to an address leaves; by wg0 where nothing is said. */
  readonly ways = new Map<string, Way>()
  readonly asked: string[] = []
  #changed = (): void => {}

  readonly routes: Routes = {
    hint: '',
    wayTo: async (destination) => {
      this.asked.push(destination)
      return this.ways.get(destination) ?? { kind: 'by', interfaceName: 'wg0' }
    },
    watch: (changed) => {
      this.#changed = changed
    },
    close: () => {},
  }

  async bind(to = 'wg0'): Promise<Binding> {
    const binding = await Binding.open({
      ...{ to, nameServers: null, routes: this.routes, clock: this.clock, log: silentLogger() },
      networkInterfaces: () => this.interfaces,
    })
    onTestFinished(() => binding.close())
    return binding
  }

  /** What the kernel tells whoever watches. */
  changed(): void {
    this.#changed()
  }
}

const BY_LAN: Way = { kind: 'by', interfaceName: 'eth0' }
const PEER = '203.0.113.7'

describe('a binding to an interface', () => {
  it('gives the address to send from', async () => {
    const binding = await new Machine().bind()
    expect(binding.source(4)).toBe('10.8.0.2')
    expect(binding.source(6)).toBeNull()
    expect(await binding.sourceTo(PEER)).toBe('10.8.0.2')
    expect(await binding.sourceTo(`::ffff:${PEER}`)).toBe('10.8.0.2')
    expect(binding.maySendTo(PEER)).toBe(true)
  })

  it('refuses what the system would send by another interface, or not at all', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    machine.ways.set('192.168.1.9', BY_LAN)
    machine.ways.set('203.0.113.8', { kind: 'nowhere' })
    await expect(binding.sourceTo('192.168.1.9')).rejects.toThrow('10.8.0.2 by eth0, not wg0')
    await expect(binding.sourceTo('203.0.113.8')).rejects.toThrow('no route to it from 10.8.0.2')
    await expect(binding.sourceTo('2001:db8::7')).rejects.toThrow(
      'wg0 has no IPv6 address (--bind)',
    )
    expect(binding.maySendTo('192.168.1.9')).toBe(false)
    expect(binding.maySendTo('203.0.113.99')).toBe(false)
  })

  it('lets through what stays on this machine, and what nobody can tell of', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    machine.ways.set('127.0.0.1', { kind: 'by', interfaceName: 'lo' })
    machine.ways.set('203.0.113.8', { kind: 'unknown' })
    expect(await binding.sourceTo('127.0.0.1')).toBe('10.8.0.2')
    expect(await binding.sourceTo('203.0.113.8')).toBe('10.8.0.2')
  })

  it('refuses what the system does not tell of, and asks again the next time', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    machine.ways.set(PEER, { kind: 'untold' })
    await expect(binding.sourceTo(PEER)).rejects.toThrow('does not say now')
    expect(binding.maySendTo(PEER)).toBe(false)
    machine.ways.delete(PEER)
    expect(await binding.sourceTo(PEER)).toBe('10.8.0.2')
    const mute = new Machine()
    mute.ways.set('198.41.0.4', { kind: 'untold' })
    await expect(mute.bind()).rejects.toThrow('does not say now')
  })

  it('does not open where the interface is not there, or the internet is elsewhere', async () => {
    const machine = new Machine()
    await expect(machine.bind('wg1')).rejects.toThrow('wg1 is not there')
    machine.ways.set('198.41.0.4', BY_LAN)
    await expect(machine.bind()).rejects.toThrow(
      '--bind wg0: the system would send to the internet from 10.8.0.2 by eth0',
    )
  })

  it('opens where the internet cannot be reached: nothing would leave', async () => {
    const machine = new Machine()
    machine.ways.set('198.41.0.4', { kind: 'nowhere' })
    await expect(machine.bind()).resolves.toBeInstanceOf(Binding)
  })

  it('remembers an answer for ten seconds, or until the system tells of a change', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const count = (): number => machine.asked.filter((one) => one === PEER).length
    await binding.sourceTo(PEER)
    await binding.sourceTo(PEER)
    expect(count()).toBe(1)
    await machine.clock.advance(10_000)
    await binding.sourceTo(PEER)
    expect(count()).toBe(2)
    machine.changed()
    await binding.sourceTo(PEER)
    expect(count()).toBe(3)
  })

  it('closes all sockets when the interface goes, and allows nothing until it is back', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const socket = { destroy: vi.fn() }
    const listener = vi.fn()
    binding.hold(socket, PEER)
    binding.onChange(listener)
    const { wg0, ...others } = machine.interfaces
    machine.interfaces = others
    machine.changed()
    expect(socket.destroy).toHaveBeenCalledOnce()
    expect(listener).toHaveBeenCalledOnce()
    expect(binding.source(4)).toBeNull()
    await expect(binding.sourceTo(PEER)).rejects.toThrow('wg0 is not there now (--bind)')
    await expect(binding.lookUp('tracker.example')).rejects.toThrow('no name server')
    machine.interfaces = { ...others, wg0: interfacesOf({ wg0: ['10.8.0.3'] }).wg0 }
    machine.changed()
    expect(listener).toHaveBeenCalledTimes(2)
    expect(await binding.sourceTo(PEER)).toBe('10.8.0.3')
  })

  it('sees it within two seconds where the system tells nothing', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    machine.interfaces = {}
    await machine.clock.advance(2_000)
    expect(binding.addresses).toBeNull()
  })

  it('closes the sockets whose route has changed, and no others', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const [moved, stays] = [{ destroy: vi.fn() }, { destroy: vi.fn() }]
    binding.hold(moved, PEER)
    binding.hold(stays, '203.0.113.8')
    machine.ways.set(PEER, BY_LAN)
    machine.changed()
    await binding.settled()
    expect(moved.destroy).toHaveBeenCalledOnce()
    expect(stays.destroy).not.toHaveBeenCalled()
  })

  it('closes sockets whose route has changed without anybody telling', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const socket = { destroy: vi.fn() }
    await binding.sourceTo(PEER)
    binding.hold(socket, PEER)
    machine.ways.set(PEER, BY_LAN)
    await machine.clock.advance(12_000)
    await binding.settled()
    expect(socket.destroy).toHaveBeenCalledOnce()
  })

  it('looks again where routes change while it looks', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const [first, second] = [{ destroy: vi.fn() }, { destroy: vi.fn() }]
    binding.hold(first, PEER)
    binding.hold(second, '203.0.113.8')
    machine.changed()
    // The kernel has been asked for the way to the first, and answers as it was.
    expect(machine.asked.at(-1)).toBe(PEER)
    machine.ways.set(PEER, BY_LAN)
    machine.changed()
    await binding.settled()
    expect(first.destroy).toHaveBeenCalledOnce()
    expect(second.destroy).not.toHaveBeenCalled()
  })

  it('says no where the interface goes while the system is asked', async () => {
    const machine = new Machine()
    const binding = await machine.bind()
    const asking = binding.sourceTo(PEER)
    machine.interfaces = {}
    machine.changed()
    await expect(asking).rejects.toThrow('wg0 is not there now')
  })
})
