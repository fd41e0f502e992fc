import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import {
  FILM_SECONDS,
  makeShowTorrent,
  makeSingleFileTorrent,
  makeSubtitledTorrent,
  SUBTITLED,
} from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']

function timeOf(page: Page): Promise<number> {
  return page
    .locator('video')
    .evaluate((video) => (video as unknown as { currentTime: number }).currentTime)
}

async function timeReaches(page: Page, seconds: number): Promise<void> {
  await waitFor(`${seconds} s of the film`, async () => (await timeOf(page)) > seconds, {
    timeoutMs: 40_000,
  })
}

describeWithTools(['chromium'], 'the page plays', () => {
  it.each(SCREENS)(
    'a film with subtitles while it arrives, and later goes on, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeSubtitledTorrent(lab.folder)
      const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: 6_000_000 })
      await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
      const browser = await WebBrowser.open(lab, { screen, name: 'play' })
      const { page } = browser
      await browser.visit()
      await browser.heading('Library')
      const card = page.locator('.title-card').first()
      await card.waitFor()
      await browser.inspect('library')
      await page.getByLabel('Search the library').fill('nowhere')
      await page.getByText('Nothing is found.').waitFor()
      await page.getByLabel('Search the library').fill('')
      await card.click()
      await browser
        .role('link', /^Play\b/)
        .first()
        .waitFor()
      await browser.inspect('title')
      await page.locator('.title-head').getByRole('link', { name: /^Play/ }).click()
      await timeReaches(page, 1)
      await browser.inspect('player')

      // Unasked those in the reader's language; then the file beside the film, whatever its charset was.
      const subtitles = page.getByRole('combobox', { name: /^Subtitles/ })
      // It is found out while the film plays that it has any.
      await expect
        .poll(() => subtitles.locator('option:checked').textContent(), { timeout: 10_000 })
        .toBe('English')
      await subtitles.selectOption({ label: 'German · River.ger.srt' })
      const cues = await waitFor('the cues', async () => {
        const texts = await page.locator('video').evaluate((video) => {
          const tracks = (
            video as unknown as {
              textTracks: Iterable<{ cues: Iterable<{ text: string }> | null }>
            }
          ).textTracks
          return [...tracks].flatMap(({ cues }) => [...(cues ?? [])].map(({ text }) => text))
        })
        return texts.length > 10 && texts.join('\n')
      })
      expect(cues).toContain(`${SUBTITLED.words.beside}, so schön wär’s`)
      await subtitles.selectOption('None')

      // Further on than what has arrived, and back to where that was after another look.
      await page.locator('video').evaluate((video, seconds) => {
        Object.assign(video, { currentTime: seconds })
      }, FILM_SECONDS - 20)
      await timeReaches(page, FILM_SECONDS - 19)
      await page.locator('main').getByRole('link', { name: 'Back' }).click()
      await browser.role('link', /Continue at 0:[34]/).waitFor()
      await browser.goTo('Library')
      await page
        .getByRole('region', { name: 'Continue watching' })
        .getByRole('link')
        .first()
        .click()
      await timeReaches(page, FILM_SECONDS - 21)
      browser.expectNoFaults()
    },
  )

  it.each(SCREENS)(
    'nothing that the browser cannot read: it says so, and what to do, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeSingleFileTorrent(lab.folder, 'An old film (1999).avi')
      const seeder = await startLibtorrent(lab.server, torrent)
      const server = await Tributary.start(lab, {
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      await server.finished(torrent.infoHash)
      const browser = await WebBrowser.open(lab, { screen, name: 'cannot' })
      const { page } = browser
      await browser.visit(`play/${torrent.infoHash}/0`)
      await page.getByText('This browser cannot read AVI files.').waitFor()
      await browser.inspect('reason')
      const download = page.waitForEvent('download')
      await page.locator('.cannot').getByRole('button', { name: 'Open in VLC' }).click()
      const saved = await (await download).path()
      expect(await readFile(saved, 'utf8')).toMatch(
        /^#EXTM3U\r\n#EXTINF:\S+,An old film\r\nhttp:\/\/127\.0\.0\.1:3030\/torrents\/\S+\.avi\r\n$/,
      )
      await browser.role('button', 'Open elsewhere').click()
      await page.getByRole('img', { name: /^QR code/ }).waitFor()
      // Opened as localhost; another device needs the address in the network.
      const code = page.locator('.address code')
      await waitFor('an address for others', async () =>
        /^http:\/\/10\.78\.1\.1:3030\/torrents\//.test((await code.textContent()) ?? ''),
      )
      await page.getByLabel('This server’s address').selectOption('10.78.2.1:3030')
      await page.getByText('http://10.78.2.1:3030/torrents/').waitFor()
      await browser.role('button', 'Copy the address').click()
      await browser.notice('Copied.')
      await browser.inspect('elsewhere')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await browser.role('button', 'Try it here all the same').click()
      await page.locator('video').waitFor()
      browser.expectNoFaults()
    },
  )

  it.each(SCREENS)(
    'what a folder holds: sound, a picture, a list of all, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeShowTorrent(lab.folder)
      const seeder = await startLibtorrent(lab.server, torrent)
      const server = await Tributary.start(lab, {
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      await server.finished(torrent.infoHash)
      const browser = await WebBrowser.open(lab, { screen, name: 'show' })
      const { page } = browser
      await browser.visit('torrents')
      await page.locator('.torrent-link').click()
      await browser.role('button', 'Season 1').waitFor()
      await page.getByRole('link', { name: /^Play .*sine's theme/ }).click()
      await timeReaches(page, 0.5)
      await page.goBack()
      await page.getByRole('link', { name: /^Play .*cover/ }).click()
      await page.locator('img.picture').waitFor()
      await page.goBack()
      const download = page.waitForEvent('download')
      await browser.role('link', 'Playlist').click()
      const saved = await readFile(await (await download).path(), 'utf8')
      expect(saved.match(/^http/gm)?.length).toBe(3)
      browser.expectNoFaults()
    },
  )
})
