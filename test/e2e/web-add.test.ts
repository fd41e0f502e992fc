import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, makeSingleFileTorrent, SHOW } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']

/** One whose only peer never answers. */
function deadMagnet(digit: string): string {
  return `magnet:?xt=urn:btih:${digit.repeat(40)}&x.pe=10.78.1.2:9`
}

describeWithTools(['chromium'], 'the page adds', () => {
  it.each(SCREENS)('torrent files, after a look at what is inside, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    const server = await Tributary.start(lab)
    const browser = await WebBrowser.open(lab, { screen, name: 'add-file' })
    const { page } = browser
    await browser.visit()
    await browser.goTo('Add')
    await browser.inspect('form')

    await page.locator('input[type=file]').setInputFiles(torrent.path)
    await browser.heading(SHOW.name)
    await page.getByText(`${SHOW.files.length} of ${SHOW.files.length} files`).waitFor()
    expect((await server.torrents()).length).toBe(0)
    const names = await page.locator('.file-name').allTextContents()
    expect(names.indexOf('Season 1')).toBeGreaterThan(names.indexOf('Extras'))
    await browser.role('button', 'Season 1').click()
    await browser.role('button', 'Season 1').click()
    await browser.inspect('files')
    await browser.role('checkbox', 'Download Extras').uncheck()
    await browser.role('checkbox', 'Download cover.jpg').uncheck()
    await page.getByText(`2 of ${SHOW.files.length} files`).waitFor()
    await page.getByLabel('Folder within the download folder').fill('series/küche')
    await browser.role('button', /^Start · /).click()
    await browser.notice(`${SHOW.name} is added.`)
    await browser.heading(SHOW.name)

    const { files, output_folder: folder } = await server.call<{
      files: { components: string[]; included: boolean }[]
      output_folder: string
    }>(`/torrents/${torrent.infoHash}`)
    const wanted = files
      .filter(({ included }) => included)
      .map(({ components }) => components.at(-2))
    expect(wanted).toEqual(['Season 1', 'Season 1'])
    expect(folder).toContain(join(lab.folder, 'data', 'series/küche'))

    await browser.visit('add')
    await page.locator('input[type=file]').setInputFiles(torrent.path)
    await page.getByText('This torrent is there already.').waitFor()
    browser.expectNoFaults()
  })

  it.each(SCREENS)('magnets, info hashes and addresses, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'A film & more (2026).mkv')
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab)
    const browser = await WebBrowser.open(lab, { screen, name: 'add-text' })
    const { page } = browser
    const magnet = `magnet:?xt=urn:btih:${torrent.infoHash}&x.pe=${seeder.address}&dn=A+film`

    // As the browser opens it for a magnet that was clicked elsewhere.
    await page.goto(`http://127.0.0.1:3030/web/?add=${encodeURIComponent(magnet)}`)
    await browser.heading('A film & more (2026).mkv')
    expect((await server.torrents()).map(({ name }) => name)).not.toContain(torrent.name)
    await browser.role('button', /^Start · /).click()
    await browser.notice(/is added/)
    await server.finished(torrent.infoHash)
    await page.getByText('Complete', { exact: true }).first().waitFor()

    await browser.goTo('Add')
    await page.getByLabel('Magnet link').fill(deadMagnet('a'))
    await browser.role('button', 'Look inside').click()
    await browser.heading('Looking for the list of files')
    await browser.inspect('looking')
    await browser.role('button', 'Cancel').click()
    await browser.heading('Add a torrent')

    await page.getByLabel('Magnet link').fill(deadMagnet('b'))
    await browser.role('button', 'Look inside').click()
    await browser.role('button', 'Add now, choose later').click()
    await browser.heading('b'.repeat(40))
    await page.getByText('Looking for the metadata').first().waitFor()

    // The address of a torrent file: our own server gives out those that it has.
    await browser.goTo('Add')
    const url = `http://127.0.0.1:3030/torrents/${torrent.infoHash}/metadata`
    await page.getByLabel('Magnet link').fill(url)
    await browser.role('button', 'Look inside').click()
    await browser.heading('A film & more (2026).mkv')
    await page.getByText('This torrent is there already.').waitFor()
    browser.expectNoFaults()
  })

  it.each(SCREENS)(
    'nothing that it cannot read, and says what that is, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeSingleFileTorrent(lab.folder, 'film.mkv')
      await Tributary.start(lab)
      const browser = await WebBrowser.open(lab, { screen, name: 'add-unreadable' })
      const { page } = browser
      await browser.visit('add')
      const problem = page.getByRole('alert')
      for (const [text, answer] of [
        ['hello', '“hello” is neither a magnet link nor a web address nor an info hash.'],
        ['magnet:?dn=x', 'This magnet link names no torrent: it has no info hash (xt=urn:btih:…).'],
        ['', 'Nothing is entered.'],
      ] as const) {
        await page.getByLabel('Magnet link').fill(text)
        await browser.role('button', 'Look inside').click()
        await problem.getByText(answer).waitFor()
      }
      await browser.inspect('problem')
      for (const [name, bytes, answer] of [
        ['page.torrent', '<!doctype html><title>Sign in</title>', 'page.torrent is a web page'],
        ['notes.txt', 'hello', 'notes.txt is a text file, not a torrent file.'],
        ['empty.torrent', '', 'empty.torrent is empty.'],
      ] as const) {
        const path = join(lab.folder, name)
        await writeFile(path, bytes)
        await page.locator('input[type=file]').setInputFiles(path)
        await problem.getByText(answer).waitFor()
      }

      // Dropped on the page, wherever.
      await browser.goTo('Torrents')
      const file = (await readFile(torrent.path)).toString('base64')
      await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob('${file}'), (character) => character.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], 'dropped.torrent'))
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
      }
    })()`)
      await browser.heading('film.mkv')
      browser.expectNoFaults()
    },
  )
})
