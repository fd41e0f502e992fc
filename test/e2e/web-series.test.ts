import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']

describeWithTools(['chromium'], 'the page shows a series', () => {
  it.each(SCREENS)('of several torrents, by season and episode, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrents = [
      await writeSeason(lab.folder, 'The Meridian S02', ['E01']),
      await writeSeason(lab.folder, 'The Meridian S01', ['E10', 'E02', 'E01']),
    ]
    await Tributary.start(lab, { torrents })
    const browser = await WebBrowser.open(lab, { screen, name: 'series' })
    const { page } = browser
    await browser.visit()
    await page.getByText('1 title', { exact: true }).waitFor()
    await page.getByLabel('Kind').selectOption('Series')
    await page.locator('.title-card').click()
    await browser.heading('The Meridian')
    await browser.inspect('seasons')
    const seasons = page.getByRole('heading', { level: 2, name: /^Season/ })
    expect(await seasons.allTextContents()).toEqual(['Season 1', 'Season 2'])
    const download = page.waitForEvent('download')
    await browser.role('button', 'Playlist of the season').first().click()
    const saved = await readFile(await (await download).path(), 'utf8')
    const episodes = [...saved.matchAll(/S01(E\d+)\.mkv$/gm)].map(([, episode]) => episode)
    expect(episodes).toEqual(['E01', 'E02', 'E10'])
    expect(saved).not.toContain('S02')
    browser.expectNoFaults()
  })
})

/** A torrent of episodes that nobody has. */
async function writeSeason(
  folder: string,
  name: string,
  episodes: readonly string[],
): Promise<string> {
  const files = episodes.map((episode, index) => ({
    path: [`${name.replaceAll(' ', '.')}${episode}.mkv`],
    data: pseudoRandomBytes(1_000, name.length + index),
  }))
  const path = join(folder, `${name}.torrent`)
  await writeFile(path, makeTorrent(name, files).torrentFile)
  return path
}
