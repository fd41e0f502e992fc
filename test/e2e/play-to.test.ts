import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Gmediarender } from './clients/gmediarender.ts'
import { Kodi } from './clients/kodi.ts'
import { RemoteControl } from './clients/remote-control.ts'
import { Lab } from './lab/lab.ts'
import { makeSeriesTorrent, makeShowTorrent, makeSubtitledTorrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { CLI_PATH, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

interface Watched {
  readonly items: readonly {
    readonly files: readonly { readonly name: string; readonly resume_s: number | null }[]
  }[]
}

describeWithTools(['gmediarender', 'gssdp-discover', 'curl'], 'playing to gmediarender', () => {
  it('finds it, plays, seeks, pauses, sets the volume, goes on to the next and stops', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: 4_000_000 })
    const server = await Tributary.start(lab, {
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    expect(await remote.told()).toMatchObject({ address: lab.second.address, problem: null })
    const files = torrent.files.map((file) => file.split('/').at(-1) ?? '')
    const mkv = files.findIndex((name) => name.endsWith('.mkv'))
    const mp4 = files.findIndex((name) => name.endsWith('.mp4'))
    await remote.tell('play', { torrent: torrent.infoHash, file: mkv, position: 20 })
    await remote.timePasses(20)
    await remote.tell('seek', { position: 40 })
    await remote.timePasses(40)
    await remote.tell('pause')
    await remote.waitForPlayback({ state: 'paused', file_idx: mkv, info_hash: torrent.infoHash })
    await waitFor('the position to be kept', async () => {
      const { items } = await server.call<Watched>('/library')
      const kept = items.flatMap((item) => item.files).find(({ name }) => name === files[mkv])
      return (kept?.resume_s ?? 0) >= 40
    })
    await remote.tell('resume')
    await remote.waitForPlayback({ state: 'playing' })
    await remote.tell('volume', { volume: 35 })
    await remote.waitForPlayback({ volume: 35 })
    await remote.tell('mute', { muted: true })
    await remote.waitForPlayback({ muted: true })
    await remote.tell('next', { torrent: torrent.infoHash, file: mp4 })
    await remote.tell('seek', { position: 55 })
    await remote.waitForPlayback({ state: 'playing', file_idx: mp4, next: null })
    // From its beginning, and not from where the other one was left.
    await remote.timePasses(0, 50)
    await remote.tell('stop')
    await remote.waitForPlayback({ state: 'stopped', file_idx: null })
  })

  it('plays there without a password where reading needs one', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, {
      args: ['--auth', 'me:secret', '--auth-reading', '--trust-loopback'],
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    const read = ['curl', '--silent', '--output', '/dev/null', '--write-out', '%{http_code}']
    const { stdout } = await lab.second.run([...read, 'http://10.78.2.1:3030/torrents'])
    expect(stdout).toBe('401')
    await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    const mkv = torrent.files.findIndex((name) => name.endsWith('.mkv'))
    await remote.tell('play', { torrent: torrent.infoHash, file: mkv })
    await remote.timePasses(2)
  })

  it('has the next episode begun to be fetched before this one ends', async () => {
    const lab = await Lab.open()
    const torrent = await makeSeriesTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, {
      args: ['--on-demand'],
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    await remote.tell('play', { torrent: torrent.infoHash, file: 0 })
    await remote.timePasses(2)
    const fetched = async () => (await server.stats(torrent.infoHash)).file_progress[1] ?? 0
    const before = await fetched()
    await remote.tell('seek', { position: 54 })
    await waitFor('the next episode to begin', async () => (await fetched()) >= before + 2_000_000)
    expect(await fetched()).toBeLessThan(20_000_000)
  })

  it('says that it is gone when it was killed, and plays to the other', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    const renderer = await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    const mkv = torrent.files.findIndex((file) => file.endsWith('.mkv'))
    await remote.tell('play', { torrent: torrent.infoHash, file: mkv })
    await remote.timePasses(2)
    renderer.kill()
    await waitFor('the server to say so', async () => {
      const { problem } = await remote.told()
      return problem?.includes('cannot be reached')
    })
    await expect(remote.tell('pause')).rejects.toThrow(/answered 502.*cannot be reached/)
  })
})

describeWithTools(['gmediarender', 'gssdp-discover'], 'the command line', () => {
  it('shows a renderer and plays to it', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await Gmediarender.start(lab.second)
    const tributary = (...args: readonly string[]) =>
      lab.server.run([process.execPath, CLI_PATH, ...args, '--dir', join(lab.folder, 'data')])
    const shown = await tributary('renderers', '--search')
    expect(shown.stdout).toMatch(/^Renderer +10\.78\.2\.2 +stopped +-$/m)
    await expect(tributary('play', torrent.infoHash, '--on', 'rend')).rejects.toThrow(
      /tributary: which file\?\n {2}\d {2}cover\.jpg\n {2}\d {2}Extras\/100% sine's theme\.mp3\n/,
    )
    const played = await tributary(
      'play',
      torrent.infoHash,
      'part 10',
      '--on',
      'rend',
      '--from',
      '0:20',
    )
    expect(played.stdout).toBe('playing on Renderer: Season 1/part 10 #final.mp4\n')
    const remote = await RemoteControl.find(server, 'Renderer')
    await remote.timePasses(20)
  })
})

describeWithTools(['kodi', 'Xvfb', 'pulseaudio'], 'playing to Kodi', () => {
  it('plays with the subtitle that was chosen, seeks, pauses and stops', async () => {
    const lab = await Lab.open()
    const torrent = await makeSubtitledTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    const kodi = await Kodi.start(lab, lab.second)
    const remote = await RemoteControl.find(server, 'Kodi')
    const film = torrent.files.findIndex((file) => file.endsWith('.mkv'))
    await server.finished(torrent.infoHash)
    await remote.tell('play', { torrent: torrent.infoHash, file: film })
    await kodi.timePasses(0)
    const { subtitles } = await kodi.subtitles()
    expect(subtitles.length).toBeGreaterThanOrEqual(1)
    await remote.tell('seek', { position: 30 })
    await remote.timePasses(30)
    await kodi.timePasses(30)
    await remote.tell('pause')
    await remote.waitForPlayback({ state: 'paused' })
    await remote.tell('resume')
    await remote.waitForPlayback({ state: 'playing' })
    await remote.tell('volume', { volume: 60 })
    await remote.waitForPlayback({ volume: 60 })
    await remote.tell('stop')
    await remote.waitForPlayback({ state: 'stopped', file_idx: null })
  })

  it('goes on to the next one', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await Kodi.start(lab, lab.second)
    const remote = await RemoteControl.find(server, 'Kodi')
    await server.finished(torrent.infoHash)
    const mkv = torrent.files.findIndex((file) => file.endsWith('.mkv'))
    const mp4 = torrent.files.findIndex((file) => file.endsWith('.mp4'))
    await remote.tell('play', { torrent: torrent.infoHash, file: mkv, position: 40 })
    await remote.timePasses(40)
    await remote.tell('next', { torrent: torrent.infoHash, file: mp4 })
    await remote.tell('seek', { position: 52 })
    await remote.waitForPlayback({ state: 'playing', file_idx: mp4, next: null })
    await remote.timePasses(0)
  })
})
