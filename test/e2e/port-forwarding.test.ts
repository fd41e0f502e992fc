import { expect, it } from 'vitest'
import { HomeRouter } from './clients/home-router.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { CLI_PATH } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

describeWithTools(['miniupnpd', 'nft'], 'miniupnpd, the router of many homes', () => {
  it.each(['nat-pmp', 'upnp'] as const)(
    'is asked to let peers in, and told to stop by SIGTERM, by %s',
    async (by) => {
      const lab = await Lab.open()
      const router = await HomeRouter.start(lab, lab.first, by)
      await lab.server.run(['ip', 'route', 'replace', 'default', 'via', lab.first.address])
      const folder = ['--dir', `${lab.folder}/data`]
      const quiet = ['--no-dht', '--no-lsd', '--no-trackers']
      const server = lab.server.start([process.execPath, CLI_PATH, ...folder, ...quiet])
      const bothPorts = async () => {
        const ports = await router.forwarded()
        return ports.length === 2 && ports
      }
      const forwarded = await waitFor('both ports', bothPorts, { timeoutMs: 40_000 })
      expect(forwarded.toSorted((a, b) => (a.protocol < b.protocol ? -1 : 1))).toEqual([
        { protocol: 'tcp', port: 4240, to: '10.78.1.1:4240' },
        { protocol: 'udp', port: 4240, to: '10.78.1.1:4240' },
      ])
      server.signal('SIGTERM')
      expect(await server.ended()).toEqual({ code: 0, signal: null })
      expect(await router.forwarded()).toEqual([])
    },
  )
})
