import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contentDirectoryUrl, findItem } from './clients/control-point.ts'
import { Gmediarender } from './clients/gmediarender.ts'
import { discoverFirst } from './clients/gssdp-discover.ts'
import { Kodi } from './clients/kodi.ts'
import { MINIDLNA_NAME, startMinidlna } from './clients/minidlna.ts'
import { Vlc } from './clients/vlc.ts'
import { Lab } from './lab/lab.ts'
import { FILM_SECONDS, makeShowTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'

// When a client cannot do something here either, the fault is not in our server.
describeWithTools(
  ['minidlnad', 'gssdp-discover', 'cvlc', 'setpriv', 'kodi', 'Xvfb', 'pulseaudio', 'gmediarender'],
  'the clients, against a media server of others',
  () => {
    it('discover it, browse, play and seek', async () => {
      const lab = await Lab.open()
      await makeShowTorrent(lab.folder)
      await startMinidlna(lab, join(lab.folder, SHOW.name))
      await Promise.all([vlcPlays(lab), kodiPlays(lab)])
      await rendererPlays(lab)
    })
  },
)

async function vlcPlays(lab: Lab): Promise<void> {
  const vlc = await Vlc.start(lab, lab.first)
  await vlc.searchNetwork()
  await vlc.open([MINIDLNA_NAME, 'Season 1', 'Küche & Bad – part 2'])
  await vlc.timePasses(0)
  await vlc.seek(40)
  await vlc.timePasses(40)
  expect(await vlc.length()).toBe(FILM_SECONDS)
}

async function kodiPlays(lab: Lab): Promise<void> {
  const kodi = await Kodi.start(lab, lab.second)
  const server = await kodi.findServer(MINIDLNA_NAME)
  const film = await kodi.find(server.file, ['Season 1', 'Küche & Bad – part 2'])
  await kodi.play(film.file)
  await kodi.seek(40)
  await kodi.timePasses(40)
  await kodi.stop()
}

async function rendererPlays(lab: Lab): Promise<void> {
  const { location } = await discoverFirst(lab.second)
  const url = await contentDirectoryUrl(lab.second, location)
  const item = await findItem(lab.second, url, 'video/mp4')
  const renderer = await Gmediarender.start(lab.second)
  await renderer.play(item)
  await renderer.seek(40)
  await renderer.timePasses(40)
}
