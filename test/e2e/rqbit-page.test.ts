import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { LogFeed } from '../../src/log-feed.ts'
import { startHttpServer } from '../helpers/http-client.ts'
import { makeTorrent, pseudoRandomBytes, singleFile } from '../helpers/make-torrent.ts'
import { openSeeder, openSession } from '../helpers/sessions.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { rqbitPage } from './clients/rqbit-page.ts'

const PAGE = rqbitPage()

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** rqbit's page in front of our API, as one origin. */
async function servePage(folder: string, apiPort: number): Promise<number> {
  const server = createServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '', 'http://x')
    const [, file] = /^(?:\/web)?\/((?:assets\/[\w.-]+)?)$/.exec(pathname) ?? []
    if (file !== undefined && pathname !== '/') {
      void answerFile(join(folder, file === '' ? 'index.html' : file), response)
    } else forward(incoming, response, apiPort)
  })
  server.listen(0, '127.0.0.1')
  await expect.poll(() => server.listening).toBe(true)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

async function answerFile(path: string, response: ServerResponse): Promise<void> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes === null) response.statusCode = 404
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream')
  response.end(bytes)
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming
  const options = { host: '127.0.0.1', port, method, path: url, headers }
  const outgoing = request(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
  incoming.pipe(outgoing)
}

async function openPage(port: number): Promise<{ page: Page; failed: string[]; calls: string[] }> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1_500, height: 1_000 } })
  page.setDefaultTimeout(15_000)
  const failed: string[] = []
  const calls: string[] = []
  page.on('pageerror', (error) => failed.push(String(error)))
  page.on('response', (answer) => {
    const call = `${answer.request().method()} ${new URL(answer.url()).pathname}`
    calls.push(call)
    if (answer.status() >= 400) failed.push(`${call}: ${answer.status()}`)
  })
  await page.goto(`http://127.0.0.1:${port}/web/`)
  return { page, failed, calls }
}

test.skipIf(PAGE === null)(
  'rqbit’s own page works on our API without a failed call',
  async () => {
    const film = singleFile('film.mkv', pseudoRandomBytes(4_000_000, 3))
    const show = makeTorrent('Show', [
      { path: ['S01E01.mkv'], data: pseudoRandomBytes(300_000, 4) },
      { path: ['S01E02.mkv'], data: pseudoRandomBytes(300_000, 5) },
    ])
    const seeder = await openSeeder(film)
    await seeder.torrent.setLimits({ uploadBps: 40_000 })
    const other = await openSeeder(show)
    const session = await openSession()
    const feed = new LogFeed()
    const api = await startHttpServer({ session, logs: { feed, setLevel: () => {} } })
    const { page, failed, calls } = await openPage(await servePage(PAGE ?? '', api))

    // By magnet.
    await page.getByText('Add Torrent from Magnet / URL').click()
    const magnet = `magnet:?xt=urn:btih:${seeder.torrent.infoHash}&x.pe=${seeder.address}`
    await page.locator('input[name=magnet]').fill(magnet)
    await page.keyboard.press('Enter')
    await page.locator('input[name=output_folder]').waitFor()
    await page.getByRole('button', { name: 'OK', exact: true }).click()
    await expect.poll(() => session.torrents.length, { timeout: 10_000 }).toBe(1)
    // The next one is asked for by a dialog of the same kind.
    await page.locator('input[name=output_folder]').waitFor({ state: 'detached' })
    await page.getByText('film.mkv').first().waitFor()

    // By file, one of two files selected.
    const folder = await temporaryFolder()
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'show.torrent'), show.torrentFile)
    await page.locator('input[type=file]').setInputFiles(join(folder, 'show.torrent'))
    await page.locator('input[name=output_folder]').waitFor()
    await page.getByText('S01E02.mkv').waitFor()
    await page.locator('form input[type=checkbox]').last().click()
    await page.getByRole('button', { name: 'OK', exact: true }).click()
    await expect.poll(() => session.torrents.length, { timeout: 10_000 }).toBe(2)
    await page.locator('input[name=output_folder]').waitFor({ state: 'detached' })
    const [, added] = session.torrents
    expect([0, 1].filter((index) => added?.isSelected(index))).toHaveLength(1)
    added?.addPeers([other.address])

    // Details: pieces, files, peers.
    await page.getByText('film.mkv').first().click()
    for (const tab of ['Overview', 'Files', 'Peers']) {
      await page.getByText(tab, { exact: true }).last().click()
      if (tab === 'Peers') await page.getByText(seeder.address).first().waitFor()
    }
    await expect.poll(() => calls).toContain('GET /torrents/0/haves')

    // Pause, start.
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => session.torrents[0]?.state.kind, { timeout: 10_000 }).toBe('paused')
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => session.torrents[0]?.state.kind, { timeout: 10_000 }).toBe('live')

    // Limits.
    await page.getByTitle('Configure').click()
    await page.locator('input[name=upload_bps]').fill('50000')
    await page.getByRole('button', { name: /Save|OK/ }).click()
    await expect.poll(() => calls).toContain('POST /torrents/limits')
    await expect.poll(() => session.limits.uploadBps).toBe(50_000)

    // Logs.
    await page.getByTitle('View logs').click()
    await expect.poll(() => feed.isHeard).toBe(true)
    feed.tell({ level: 'info', message: 'a line of the log', facts: { name: 'swarm' } })
    await page.getByText('a line of the log').waitFor()

    expect(failed).toEqual([])
    expect([...new Set(calls)]).toEqual(
      expect.arrayContaining([
        'GET /',
        'GET /torrents',
        'GET /stats',
        'POST /torrents',
        'GET /torrents/0/peer_stats',
        'GET /torrents/limits',
        'GET /stream_logs',
      ]),
    )
  },
  120_000,
)
