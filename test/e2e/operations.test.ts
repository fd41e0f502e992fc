import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { CLI_PATH, REPOSITORY, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const PREBUILDS = join(REPOSITORY, 'node_modules/utp-native/prebuilds')

describeWithTools([], 'a machine that uTP was not built for', () => {
  it('says so in one line, and downloads over TCP', async () => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'film.mkv')
    const seeder = await startLibtorrent(lab.server, torrent)
    // What npm has installed is hidden from this server alone.
    const hidden = `mount -t tmpfs hidden ${PREBUILDS} && exec "$@"`
    const server = await Tributary.start(lab, {
      command: ['unshare', '--mount', 'sh', '-c', hidden, 'sh', process.execPath, CLI_PATH],
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    await server.finished(torrent.infoHash)
    const { output } = server.program
    expect(output.split('\n').filter((line) => /uTP/.test(line))).toHaveLength(1)
    expect(output).not.toMatch(/^ +at |\\n +at /m)
  })
})

describeWithTools([], 'the health check', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3030'],
    ['10.78.2.1', 'http://10.78.2.1:3030'],
    ['::', 'http://[::1]:3030'],
  ])('finds the server where it listens: on %s', async (host, url) => {
    const lab = await Lab.open()
    const dir = ['--dir', join(lab.folder, 'data')]
    const server = lab.server.start([
      ...[process.execPath, CLI_PATH, ...dir, '--host', host],
      ...['--no-dht', '--no-lsd', '--no-trackers', '--no-port-forward', '--auth-reading'],
      ...['--auth', 'ann:secret'],
    ])
    const health = () => lab.server.run([process.execPath, CLI_PATH, 'health', ...dir])
    await waitFor('the server', async () => {
      const { stdout } = await lab.server.run(['curl', '--silent', '--fail', `${url}/healthz`])
      return JSON.parse(stdout).status === 'ok'
    })
    await waitFor('the check to find it', async () => (await health()).stderr === '')
    await server.terminate()
    await expect(health()).rejects.toThrow()
  })
})

describeWithTools(['curl'], 'the log', () => {
  it('says in names who does what, in a form and at a level that can be chosen', async () => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'A film & more (2026).mkv')
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { args: ['--log-format', 'text'] })
    const { program } = server
    const says = (pattern: RegExp) => waitFor(`${pattern}`, () => pattern.test(program.output))
    await server.add(`magnet:?xt=urn:btih:${torrent.infoHash}&dn=x`, {
      initial_peers: seeder.address,
    })
    await says(/torrent added.*A film & more \(2026\)\.mkv.*127\.0\.0\.1/)
    await server.finished(torrent.infoHash)
    const url = server.streamUrl('10.78.1.1', torrent.infoHash, 0)
    await lab.first.run(['curl', '--silent', '--output', '/dev/null', '-A', 'TV/1', url])
    await says(/stream.*A film & more \(2026\)\.mkv.*10\.78\.1\.2.*|10\.78\.1\.2.*stream.*A film/)
    for (const [route, deed] of [
      ['pause', /torrent paused.*A film & more/],
      ['start', /torrent started.*A film & more/],
    ] as const) {
      await server.call(`/torrents/${torrent.infoHash}/${route}`, { method: 'POST' })
      await says(deed)
    }
    expect(program.output).not.toContain(torrent.infoHash)
    expect(program.output).not.toMatch(/"level":|refused/)
    await server.call('/settings', {
      ...{ method: 'PATCH', contentType: 'application/json' },
      body: '{"log-level":"debug"}',
    })
    await server.request('/torrents/nonsense')
    await says(/refused/)
    await server.call(`/torrents/${torrent.infoHash}/delete`, { method: 'POST' })
    await says(/torrent removed with its files.*A film & more/)
  })
})
