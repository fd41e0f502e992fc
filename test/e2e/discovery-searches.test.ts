import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { discover } from './clients/gssdp-discover.ts'
import { LOCATION, NOTICED_MS } from './lab/announced.ts'
import { type Host, Lab } from './lab/lab.ts'
import { shareFirstLan } from './lab/shared-lan.ts'
import { search } from './lab/ssdp-search.ts'
import { describeWithTools, PIP_PYTHON } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

const HOME_ASSISTANT = fileURLToPath(
  new URL('./clients/async_upnp_client_listener.py', import.meta.url),
)

describeWithTools(['async-upnp-client'], 'the library of Home Assistant', () => {
  it('follows from one interface to the other and never loses the server', async () => {
    const lab = await Lab.open()
    const first = await shareFirstLan(lab)
    const listener = first.start([PIP_PYTHON, HOME_ASSISTANT, first.address])
    await listener.waitForOutput(/^ready$/m)
    const { program } = await Tributary.start(lab)
    await listener.waitForOutput(/"ADVERTISEMENT_ALIVE".*10\.78\.1\.1:/)
    const offset = listener.output.length
    await lab.server.run(['ip', 'address', 'add', '10.78.1.3/24', 'dev', 'e3'])
    await lab.server.run(['ip', 'link', 'set', 'e3', 'up'])
    await delay(NOTICED_MS)
    await lab.server.run(['ip', 'link', 'set', 'e1', 'down'])
    await listener.waitForOutput(/"ADVERTISEMENT_ALIVE".*10\.78\.1\.3:/, { offset })
    expect(listener.output.slice(offset)).not.toContain('BYEBYE')
    await program.terminate()
    await listener.waitForOutput(/BYEBYE/, { offset })
  })
})

describeWithTools(['gssdp-discover'], 'port 1900', () => {
  const hold = (host: Host, isShared: boolean): ReturnType<Host['start']> =>
    host.start([
      ...['python3', '-u', '-c'],
      [
        'import socket, time',
        's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
        `s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, ${isShared ? 1 : 0})`,
        's.bind(("0.0.0.0", 1900)); print("held")',
        'time.sleep(600)',
      ].join('\n'),
    ])

  it('is used once it is free', async () => {
    const lab = await Lab.open()
    const holder = hold(lab.server, false)
    await holder.waitForOutput(/held/)
    const { program } = await Tributary.start(lab)
    await program.waitForOutput(/port 1900\/udp cannot be used/)
    await delay(1_000)
    expect(await search(lab.first, '10.78.1.2')).toEqual([])
    await holder.terminate()
    const answers = await waitFor('an answer', async () => {
      const found = await search(lab.first, '10.78.1.2')
      return found.length > 0 && found
    })
    expect(answers).toEqual([LOCATION('10.78.1.1')])
  })

  it('is shared with programs that share it', async () => {
    const lab = await Lab.open()
    await hold(lab.server, true).waitForOutput(/held/)
    const { program } = await Tributary.start(lab)
    expect(await waitFor('an answer', () => discover(lab.first).then(([one]) => one))).toBeDefined()
    expect(program.output).not.toContain('cannot be used')
  })
})

describeWithTools(['gssdp-discover'], 'searches from elsewhere', () => {
  it('are answered to private addresses only', async () => {
    const lab = await Lab.open()
    const relayed = ['192.168.77.2', '172.20.1.2', '203.0.113.2', '100.64.0.2']
    for (const address of relayed)
      await lab.first.run(['ip', 'address', 'add', `${address}/32`, 'dev', 'e0'])
    await Tributary.start(lab)
    await waitFor('the first answer', async () => (await search(lab.first, '10.78.1.2')).length > 0)
    const answers = await Promise.all(relayed.map((address) => search(lab.first, address)))
    const answer = [LOCATION('10.78.1.1')]
    expect(answers).toEqual([answer, answer, [], []])
  })

  it('are answered by a server that has a network for itself', async () => {
    const lab = await Lab.open()
    await lab.server.run(['ip', 'address', 'flush', 'dev', 'e1'])
    await lab.server.run(['ip', 'address', 'add', '10.78.1.1/32', 'dev', 'e1'])
    await lab.server.run(['ip', 'route', 'replace', 'default', 'dev', 'e1'])
    await Tributary.start(lab)
    await waitFor('the first answer', async () => (await search(lab.first, '10.78.1.2')).length > 0)
    expect(await discover(lab.first)).toEqual([
      { usn: expect.any(String), location: LOCATION('10.78.1.1') },
    ])
  })
})
