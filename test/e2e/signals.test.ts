import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent } from './lab/media.ts'
import type { Program } from './lab/program.ts'
import { type SsdpMessage, SsdpTraffic } from './lab/ssdp-traffic.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SIGNALS: Readonly<Record<string, (npm: Program) => void>> = {
  'SIGTERM to the process group': (npm) => npm.signalGroup('SIGTERM'),
  'SIGINT to the process group': (npm) => npm.signalGroup('SIGINT'),
  'SIGTERM to npm alone': (npm) => npm.signal('SIGTERM'),
}

describeWithTools([], 'npm start, in the middle of a download with a viewer', () => {
  it.each(Object.entries(SIGNALS))('says byebye and ends with 0: %s', async (_, send) => {
    const lab = await Lab.open()
    const film = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
    const seeder = await startLibtorrent(lab.server, film, { uploadLimit: 2_000_000 })
    const networks = await Promise.all([
      SsdpTraffic.listen(lab.first),
      SsdpTraffic.listen(lab.second),
    ])
    const others = await lab.server.pids()
    const server = await Tributary.start(lab, {
      command: ['npm', 'start', '--'],
      torrents: [film.path],
      peers: [seeder.address],
    })
    const viewer = server.stream(film.infoHash, 0, { limitRate: 500_000 })
    await Promise.all(networks.map(isAnnounced))
    await waitFor('the download to run', async () => {
      return (await server.stats(film.infoHash)).progress_bytes > 0
    })

    const sentAt = performance.now()
    send(server.program)

    expect(await server.program.ended()).toEqual({ code: 0, signal: null })
    expect(performance.now() - sentAt).toBeLessThan(5_000)
    await viewer
    expect(await lab.server.pids()).toEqual(others)
    for (const [index, traffic] of networks.entries()) {
      // What was sent last may be read after the end.
      const [alive, byebye] = await waitFor('byebye of everything that was alive', () => {
        const said = traffic.notifications('ssdp:alive')
        const heard = traffic.notifications('ssdp:byebye')
        return usns(heard).size === usns(said).size && ([said, heard] as const)
      })
      expect(usns(byebye)).toEqual(usns(alive))
      expect(new Set(byebye.map(({ from }) => from))).toEqual(new Set([lab.serverAddresses[index]]))
    }
  })
})

function isAnnounced(traffic: SsdpTraffic): Promise<unknown> {
  return waitFor('the announcement', () => {
    return [...usns(traffic.notifications('ssdp:alive'))].some((usn) =>
      usn.endsWith(':MediaServer:1'),
    )
  })
}

function usns(messages: readonly SsdpMessage[]): ReadonlySet<string> {
  return new Set(messages.map(({ headers }) => headers.usn ?? ''))
}
