import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { makeTorrent, pseudoRandomBytes } from '../helpers/make-torrent.ts'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { REPOSITORY, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']
const PORT = '3031'
const MOST_BYTES = 120 * 1_000
const FIRST_PAINT_MS = 1_000
const LONG_TASK_MS = 100

const WATCH = `
  globalThis.longTasks = []
  new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) longTasks.push({ duration, startTime })
  }).observe({ type: 'longtask', buffered: true })
`

interface Run {
  readonly paintMs: number
  /** The longest time that the page was busy, in milliseconds. */
  readonly longestMs: number
}

const MOST_RUNS = 4

function isQuick({ paintMs, longestMs }: Run): boolean {
  return paintMs < FIRST_PAINT_MS && longestMs <= LONG_TASK_MS
}

/** Opens the page and does what many rows could make slow. */
async function useEverything(browser: WebBrowser, origin: string): Promise<Run> {
  const { page } = browser
  await page.goto('about:blank')
  await browser.visit('', origin)
  await page.getByText('1,000 titles').waitFor()
  const paintMs = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  )
  const scroll = async (): Promise<void> => {
    for (const share of [0.3, 0.9, 0.5, 1, 0]) {
      await page.evaluate(`scrollTo(0, document.body.scrollHeight * ${share})`)
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
    }
  }
  await scroll()
  await page.getByLabel('Search the library').pressSequentially('meridian winter')
  await page.getByText(/^\d+ titles?$/).waitFor()
  await browser.picture('found')
  await browser.goTo('Torrents')
  await page.locator('.torrent-row').first().waitFor()
  await scroll()
  await page.getByLabel('Search the torrents').pressSequentially('river')
  await page.locator('.torrent-link').first().click()
  await page.locator('.file-row').first().waitFor()
  await scroll()
  const nodes = await page.evaluate<number>("document.querySelectorAll('*').length")
  expect(nodes).toBeLessThan(3_000)
  const longestMs = await page.evaluate<number>(
    'Math.max(0, ...longTasks.map(({ duration }) => duration))',
  )
  return { paintMs, longestMs }
}

/** Fails unless one of a few runs is quick. */
async function findQuick(browser: WebBrowser, origin: string): Promise<void> {
  // Once without being watched: what the browser itself has to start is not the page's.
  await browser.visit('', origin)
  await browser.page.getByText('1,000 titles').waitFor()
  // What else runs on the machine lengthens one run or the other; what is the page's own comes each time.
  const runs: Run[] = []
  while (runs.length < MOST_RUNS && !runs.some(isQuick)) {
    runs.push(await useEverything(browser, origin))
  }
  expect({ runs, isQuick: runs.some(isQuick) }).toMatchObject({ isQuick: true })
}

describeWithTools(['chromium'], 'the page', () => {
  it('weighs at most 120 kB, compressed', async () => {
    const folder = join(REPOSITORY, 'dist/web')
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    const sizes = await Promise.all(
      files.map(
        async ({ parentPath, name }) => gzipSync(await readFile(join(parentPath, name))).length,
      ),
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(files.length).toBeGreaterThan(4)
    expect(total).toBeLessThan(MOST_BYTES)
  })

  it.each(SCREENS)('is quick with 1,000 torrents and 20,000 files, on a %s', async (screen) => {
    const lab = await Lab.open()
    const fake = join(REPOSITORY, 'test/web/fake-server.ts')
    lab.server.start([process.execPath, '--import', 'tsx', fake, PORT], { cwd: REPOSITORY })
    const origin = `http://127.0.0.1:${PORT}`
    await waitFor('the server', async () => {
      await lab.server.run(['curl', '--silent', '--fail', `${origin}/stats`])
      return true
    })
    const browser = await WebBrowser.open(lab, { screen, name: 'speed' })
    const { page } = browser
    await page.addInitScript(WATCH)
    await findQuick(browser, origin)
    browser.expectNoFaults()
  })

  it.each(SCREENS)('is as quick with as many at the real server, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrents = await Promise.all(
      Array.from({ length: 1_000 }, (_, number) => writeSeason(lab.folder, number)),
    )
    await Tributary.start(lab, { args: ['--on-demand'], torrents })
    const browser = await WebBrowser.open(lab, { screen, name: 'speed-real' })
    await browser.page.addInitScript(WATCH)
    await findQuick(browser, 'http://127.0.0.1:3030')
    browser.expectNoFaults()
  })
})

/** A torrent of twenty episodes that nobody has. */
async function writeSeason(folder: string, number: number): Promise<string> {
  const words = ['Meridian', 'River', 'Winter', 'Signal']
  const name = `${words[number % 4]} Winter ${number} S01`
  const files = Array.from({ length: 20 }, (_, index) => ({
    path: [`${name}E${String(index + 1).padStart(2, '0')}.mkv`],
    data: pseudoRandomBytes(1_000, number * 20 + index),
  }))
  const path = join(folder, `${number}.torrent`)
  await writeFile(path, makeTorrent(name, files).torrentFile)
  return path
}
