import { it } from 'vitest'
import { contentDirectoryUrl, findItem } from './clients/control-point.ts'
import { Gmediarender } from './clients/gmediarender.ts'
import { discoverFirst } from './clients/gssdp-discover.ts'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { startLibtorrent } from './peers/seeders.ts'

describeWithTools(['gmediarender', 'gssdp-discover'], 'gmediarender', () => {
  it('plays what a control point found by browsing, and seeks, while it arrives', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: 2_000_000 })
    await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    const { location } = await discoverFirst(lab.second)
    const controlUrl = await contentDirectoryUrl(lab.second, location)
    const renderer = await Gmediarender.start(lab.second)
    for (const mimeType of ['video/x-matroska', 'video/mp4']) {
      await renderer.play(await findItem(lab.second, controlUrl, mimeType))
      await renderer.seek(45)
      await renderer.timePasses(45)
    }
  })
})
