import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']

/** Invented, all of them: the picture of this library stands in the README. */
const FILMS = [
  'Tidewater Lights (2019)',
  'The Paper Orchard (2021)',
  'Nine Quiet Stones (2016)',
  'A Borrowed Compass (2023)',
  'Cedar Street Radio (2020)',
  'Snow Upon the Aqueduct (2018)',
  'Letters from Kestrel Point (2024)',
  'The Clockmaker of Low Bridge (2022)',
] as const
const SERIES = ['Salt and Lanterns', 'Meridian Nine'] as const
const MEBIBYTE = 1024 * 1024

describeWithTools(['chromium'], 'the page shows a library', () => {
  it.each(SCREENS)('with drawn covers and what to go on with, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrents = await Promise.all([
      ...FILMS.map((name, index) => write(lab.folder, name, [`${name}.mkv`], index)),
      ...SERIES.map((name, index) => write(lab.folder, name, episodesOf(name), index + 10)),
    ])
    const server = await Tributary.start(lab, {
      args: ['--on-demand'],
      torrents,
    })
    const known = await server.torrents()
    for (const { id } of known) await server.call(`/torrents/${id}/pause`, { method: 'POST' })
    for (const [title, seconds] of [
      [SERIES[0], 1_300],
      [FILMS[1], 2_400],
      [FILMS[4], 300],
    ] as const) {
      const { info_hash: infoHash } = known.find(({ name }) => name === title) ?? {}
      const path = `/library/${infoHash}/0/position`
      await server.call(path, {
        method: 'PUT',
        body: JSON.stringify({ position_s: seconds }),
        contentType: 'application/json',
      })
    }
    const browser = await WebBrowser.open(lab, { screen, name: 'library' })
    const { page } = browser
    await browser.visit()
    const shelf = page.getByRole('region', { name: 'Continue watching' })
    const first = shelf.getByRole('link').first()
    await first.locator('.card-name').getByText('Cedar Street Radio').waitFor()
    expect(await shelf.getByRole('link').count()).toBe(3)
    const covers = page.locator('.title-card img')
    await waitFor('the covers', async () => {
      const widths = await covers.evaluateAll((images) =>
        images
          .slice(0, 2)
          .map((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      return widths.length === 2 && widths.every((width) => width > 0)
    })
    await browser.inspect('whole')
    browser.expectNoFaults()
  })
})

function episodesOf(name: string): readonly string[] {
  return [1, 2, 3, 4, 5, 6].map((episode) => `${name} S01E0${episode}.mkv`)
}

/** A torrent of films that nobody has. */
async function write(
  folder: string,
  name: string,
  files: readonly string[],
  seed: number,
): Promise<string> {
  const { torrentFile } = makeTorrent(
    name,
    files.map((file, index) => ({
      path: [file],
      data: pseudoRandomBytes(MEBIBYTE / 16, seed * 10 + index),
    })),
  )
  const path = join(folder, `${name}.torrent`)
  await writeFile(path, torrentFile)
  return path
}
