import { stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeSingleFileTorrent, sha256OfFile } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { startLibtorrent } from './peers/seeders.ts'

/** The whole file takes 19 s at this rate. */
const UPLOAD_LIMIT = 2_000_000
const SEEK_BYTES = 256 * 1_024

/** One piece at this rate, and what a loaded test machine needs. */
const SOON_MS = 3_000

describeWithTools(['ffprobe'], 'a fresh download at a limited rate', () => {
  it.each([0.9, 0.5, 0.99])(
    'answers a seek to %f of the file at once, and right',
    async (share) => {
      const lab = await Lab.open()
      const film = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
      const [file = ''] = film.files
      const seeder = await startLibtorrent(lab.server, film, { uploadLimit: UPLOAD_LIMIT })
      const server = await Tributary.start(lab, { torrents: [film.path], peers: [seeder.address] })
      const { size } = await stat(file)
      const start = Math.floor(size * share)
      const range = { start, end: start + SEEK_BYTES - 1 }
      const seek = await server.stream(film.infoHash, 0, { range: `${range.start}-${range.end}` })
      expect(seek.status).toBe(206)
      expect(seek.headers.get('content-range')).toBe(`bytes ${range.start}-${range.end}/${size}`)
      expect(seek.sha256).toBe(await sha256OfFile(file, range))
      expect(seek.totalMs).toBeLessThan(SOON_MS)
      expect((await server.stats(film.infoHash)).progress_bytes).toBeLessThan(size / 2)
    },
  )

  it.each(['film.mkv', 'film.mp4'] as const)('tells ffprobe how long %s is', async (kind) => {
    const lab = await Lab.open()
    const film = await makeSingleFileTorrent(lab.folder, `The ${kind}`, kind)
    const seeder = await startLibtorrent(lab.server, film, { uploadLimit: UPLOAD_LIMIT })
    const server = await Tributary.start(lab, { torrents: [film.path], peers: [seeder.address] })
    const url = server.streamUrl(lab.serverAddresses[0], film.infoHash, 0)
    const startedAt = performance.now()
    const { stdout } = await lab.first.run(['ffprobe', '-v', 'error', '-show_format', url])
    expect(performance.now() - startedAt).toBeLessThan(SOON_MS)
    expect(Number(stdout.match(/^duration=(.*)$/m)?.[1])).toBeCloseTo(FILM_SECONDS, 0)
  })
})
