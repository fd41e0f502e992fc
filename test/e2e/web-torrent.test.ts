import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, makeSingleFileTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']
/** The whole takes longer than it is looked at. */
const UPLOAD_LIMIT = 1_500_000

describeWithTools(['chromium'], 'the page shows a torrent', () => {
  it.each(SCREENS)(
    'while it arrives: files, pieces, peers, trackers, limits, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeShowTorrent(lab.folder)
      const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: UPLOAD_LIMIT })
      const server = await Tributary.start(lab, {
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      const browser = await WebBrowser.open(lab, { screen, name: 'torrent' })
      const { page } = browser
      await browser.visit('torrents')
      await browser.inspect('list')
      await page.locator('.torrent-link').click()
      await browser.heading(SHOW.name)
      await page.getByText('Downloading', { exact: true }).waitFor()
      await page.getByRole('progressbar', { name: /^Looking into / }).waitFor()

      // What is shown moves by itself.
      const bar = page.locator('.torrent-status').getByRole('progressbar')
      const done = async (): Promise<number> => Number(await bar.getAttribute('aria-valuenow'))
      const before = await done()
      await waitFor('progress on the page', async () => (await done()) > before)
      await browser.inspect('files')

      await browser.role('checkbox', 'Download cover.jpg').uncheck()
      const included = async () =>
        (
          await server.call<{ files: { name: string; included: boolean }[] }>(
            `/torrents/${torrent.infoHash}`,
          )
        ).files.filter((file) => file.included)
      await waitFor(
        'the selection',
        async () => (await included()).length === SHOW.files.length - 1,
      )
      await browser.role('checkbox', 'Download cover.jpg').check()
      await waitFor('all again', async () => (await included()).length === SHOW.files.length)

      await browser.role('tab', 'Files').press('ArrowRight')
      const map = page.getByRole('img', { name: /^Map of the pieces/ })
      await map.waitFor()
      const first = await map.getAttribute('aria-label')
      await waitFor('more pieces', async () => (await map.getAttribute('aria-label')) !== first)
      await browser.inspect('pieces')

      await browser.role('tab', 'Peers').click()
      await page.getByRole('rowheader', { name: seeder.address }).waitFor()
      await page.getByRole('cell', { name: /^libtorrent\/\d/ }).waitFor()
      await browser.inspect('peers')

      await browser.role('tab', 'Trackers').click()
      await page.getByText('This torrent names no trackers.').waitFor()

      await browser.role('tab', 'Limits').click()
      await page.getByLabel('Download at most').fill('quick')
      expect(await browser.role('button', 'Save').isDisabled()).toBe(true)
      await page.getByLabel('Download at most').fill('500K')
      await browser.inspect('limits')
      await browser.role('button', 'Save').click()
      await browser.notice('Saved.')
      expect(await server.call(`/torrents/${torrent.infoHash}/limits`)).toMatchObject({
        download_bps: 512_000,
        upload_bps: null,
      })
      await page.getByLabel('Pause once it has sent').fill('never')
      expect(await browser.role('button', 'Save sharing').isDisabled()).toBe(true)
      await page.getByLabel('Pause once it has sent').fill('1.5')
      await browser.role('button', 'Save sharing').click()
      await page.getByRole('checkbox', { name: /^Keep all of it/ }).check()
      await waitFor('what was said', async () => {
        const { keep, seeding } = await server.call<{ keep: boolean; seeding: unknown }>(
          `/torrents/${torrent.infoHash}`,
        )
        return keep && JSON.stringify(seeding) === '{"ratio":1.5,"minutes":null}'
      })
      await page.reload()
      await browser.role('tab', 'Limits').click()
      await waitFor(
        'the goal again',
        async () => (await page.getByLabel('Pause once it has sent').inputValue()) === '1.5',
      )
      browser.expectNoFaults()
    },
  )

  it.each(SCREENS)(
    'and does what is asked: pause, check, copy, download, remove, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeSingleFileTorrent(lab.folder, 'A film (2026).mkv')
      const seeder = await startLibtorrent(lab.server, torrent)
      const server = await Tributary.start(lab, {
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      await server.finished(torrent.infoHash)
      const browser = await WebBrowser.open(lab, {
        ...{ screen, name: 'torrent-actions' },
        context: { permissions: ['clipboard-read', 'clipboard-write'] },
      })
      const { page } = browser
      await browser.visit(`torrent/${torrent.infoHash}`)
      await browser.role('button', 'Pause').click()
      await page.getByText('Paused', { exact: true }).waitFor()
      expect((await server.stats(torrent.infoHash)).state).toBe('paused')
      await browser.role('button', 'Start').click()
      await page.getByText('Complete', { exact: true }).waitFor()

      await browser.role('button', 'Check again').click()
      await waitFor('the check to end', async () => {
        const { state, finished } = await server.stats(torrent.infoHash)
        return state === 'live' && finished
      })
      await page.getByText('Complete', { exact: true }).waitFor()

      await browser.role('button', 'Copy magnet').click()
      await browser.notice('Copied.')
      const copied = await page.evaluate<string>('navigator.clipboard.readText()')
      expect(copied).toMatch(new RegExp(`^magnet:\\?xt=urn:btih:${torrent.infoHash}&dn=A%20film`))

      const download = page.waitForEvent('download')
      await browser.role('link', 'Download .torrent').click()
      const saved = await readFile(await (await download).path())
      expect(saved.includes('4:infod')).toBe(true)

      const file = join(lab.folder, 'data', 'A film (2026).mkv')
      await browser.role('button', 'Remove').click()
      await page.getByRole('dialog').waitFor()
      await browser.inspect('remove')
      await browser.role('button', 'Cancel').click()
      expect((await server.torrents()).length).toBe(1)
      await browser.role('button', 'Remove').click()
      await browser.role('button', 'Remove, keep the files').click()
      await browser.notice(/is removed/)
      await browser.heading('Torrents')
      await page.getByText('There are no torrents yet.').waitFor()
      expect([(await server.torrents()).length, existsSync(file)]).toEqual([0, true])

      await server.add(copied, { initial_peers: seeder.address, overwrite: 'true' })
      await page.locator('.torrent-link').click()
      await browser.role('button', 'Remove').click()
      await browser.role('button', /^Remove and delete/).click()
      await browser.notice(/is removed/)
      await waitFor('the file to be deleted', () => !existsSync(file))
      browser.expectNoFaults()
    },
  )
})
