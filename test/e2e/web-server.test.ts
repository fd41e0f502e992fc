import { expect, it } from 'vitest'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { setUploadLimit, startLibtorrent } from './peers/seeders.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']
/** The film takes longer than the page is looked at. */
const UPLOAD_LIMIT = 1_000_000

describeWithTools(['chromium', 'curl'], 'the page tells of the server', () => {
  it.each(SCREENS)('who streams what and what it waits for, live, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'A film (2026).mkv')
    const seeder = await startLibtorrent(lab.server, torrent, { uploadLimit: UPLOAD_LIMIT })
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    const browser = await WebBrowser.open(lab, { screen, name: 'streams' })
    const { page } = browser
    await browser.visit('streams')
    await page.getByText('Nothing is being sent to a player now.').waitFor()
    const url = server.streamUrl('10.78.1.1', torrent.infoHash, 0)
    const viewer = lab.first.start(['curl', '--silent', '--output', '/dev/null', '-A', 'TV/1', url])
    await page.getByText('To 10.78.1.2 · TV/1').waitFor()
    const position = page.getByRole('progressbar', { name: /^Position in/ })
    const at = async (): Promise<number> => Number(await position.getAttribute('aria-valuenow'))
    const before = await at()
    await waitFor('the position to move', async () => (await at()) > before)
    await browser.inspect('running')
    await page.getByRole('link', { name: 'A film (2026).mkv' }).click()
    await browser.role('tab', 'Pieces').click()
    await page.getByText('1 stream fetches ahead').waitFor()
    await browser.picture('window')
    await browser.visit('streams')
    setUploadLimit(seeder, 1_000)
    await page.getByText(/^\s*Waiting: /).waitFor()
    await browser.inspect('waiting')
    await viewer.terminate()
    await page.getByText('Nothing is being sent to a player now.').waitFor()
    browser.expectNoFaults()
  })

  it.each(SCREENS)(
    'which devices have browsed, why they are treated so, and otherwise, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const server = await Tributary.start(lab)
      const browser = await WebBrowser.open(lab, { screen, name: 'tvs' })
      const { page } = browser
      await browser.visit('tvs')
      await page.getByText('No device yet.').waitFor()
      const agent = 'DLNADOC/1.50 SEC_HHP_[TV] Samsung Q7/1.0 UPnP/1.0'
      await lab.first.run(['curl', '--silent', '-A', agent, 'http://10.78.1.1:3030/rootDesc.xml'])
      const card = page.getByRole('listitem').filter({ hasText: '10.78.1.2' })
      await card.getByText(agent).waitFor()
      await card.getByText(/^Treated as: Samsung/).waitFor()
      await browser.inspect('known')
      await card.getByRole('option').nth(1).waitFor({ state: 'attached' })
      const options = await card.getByRole('option').allTextContents()
      await card.getByRole('combobox').selectOption(options.at(-1) ?? '')
      await browser.notice('Saved.')
      const { control_points: points } = await server.call<{
        control_points: { address: string; override: string | null }[]
      }>('/control_points')
      expect(points.find(({ address }) => address === '10.78.1.2')?.override).toBeTruthy()
      await card.getByText(`Treated as: ${options.at(-1)}`).waitFor()
      browser.expectNoFaults()
    },
  )

  it.each(SCREENS)('its settings and its log, in another language too, on a %s', async (screen) => {
    const lab = await Lab.open()
    const server = await Tributary.start(lab)
    const browser = await WebBrowser.open(lab, { screen, name: 'settings' })
    const { page } = browser
    await browser.visit()
    await browser.goTo('Settings')
    await page.getByLabel('Log level', { exact: true }).selectOption('debug')
    await browser.notice('Saved.')
    const name = page.getByRole('textbox', { name: 'Name', exact: true })
    const form = page.locator('form').filter({ has: name })
    await name.fill('The den')
    await form.getByRole('button', { name: 'Save' }).click()
    await waitFor('the name on the TV', async () => {
      const { text } = await server.request('/rootDesc.xml')
      return text.includes('<friendlyName>The den</friendlyName>')
    })
    const rate = page.getByRole('textbox', { name: /^Download limit/ })
    await rate.fill('1.5M')
    await page.locator('form').filter({ has: rate }).getByRole('button', { name: 'Save' }).click()
    await waitFor('the limit', async () => {
      const { download_bps: limit } = await server.call<{ download_bps: number | null }>(
        '/torrents/limits',
      )
      return limit === 1_572_864
    })
    await browser.inspect('server')
    await name.fill('x'.repeat(1_000))
    await form.getByRole('button', { name: 'Save' }).click()
    await page.locator('.notice.failed').waitFor()

    await page.getByLabel('Colours').selectOption('Dark')
    await page.getByLabel('Language').selectOption('German')
    await browser.heading('Einstellungen')
    await page.getByText('Netzwerkschnittstellen').waitFor()
    await browser.inspect('german')
    const german = page.getByRole('textbox', { name: 'Name', exact: true })
    await german.fill('y'.repeat(1_000))
    await page.locator('form').filter({ has: german }).getByRole('button').click()
    await browser.notice(/^Das ist nicht gespeichert worden: name: /)
    await page.reload()
    await browser.heading('Einstellungen')
    await page.getByLabel('Sprache').selectOption('Englisch')

    await browser.goTo('Log')
    // What was said before the page was opened.
    await page.getByText('server started').waitFor()
    await page.getByLabel('From this level on').selectOption('debug')
    await server.request('/torrents/nonsense')
    await page.getByText('refused').first().waitFor()
    await browser.inspect('log')
    await page.getByLabel('Search the log').fill('there is nothing like it')
    await waitFor('no lines', async () => (await page.locator('.log-line').count()) === 0)
    browser.expectNoFaults()
  })

  it('to who may only look, in words', async () => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'film.mkv')
    await Tributary.start(lab, { torrents: [torrent.path] })
    const browser = await WebBrowser.open(lab, { host: lab.first, screen: 'phone', name: 'guest' })
    await browser.visit('torrents', 'http://10.78.1.1:3030')
    await browser.role('button', 'Pause film.mkv').click()
    await browser.notice(/only this machine may change anything/)
    browser.expectNoFaults()
  })

  it('again after a restart, without being loaded again', async () => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'film.mkv')
    const first = await Tributary.start(lab)
    const browser = await WebBrowser.open(lab, { screen: 'phone', name: 'restart' })
    const { page } = browser
    await browser.visit('torrents')
    await page.getByText('There are no torrents yet.').waitFor()
    await first.program.terminate()
    await page.getByText('Connection lost, trying again …').waitFor()
    await browser.inspect('lost')
    await Tributary.start(lab, { torrents: [torrent.path] })
    await page.locator('.torrent-link').getByText('film.mkv').waitFor({ timeout: 60_000 })
    await waitFor(
      'the page to say so',
      async () => !(await page.getByText(/^Connection/).isVisible()),
    )
    browser.expectNoFaults()
  })

  it('can be installed like an app, and opens magnets', async () => {
    const lab = await Lab.open()
    await Tributary.start(lab)
    const browser = await WebBrowser.open(lab, { screen: 'phone', name: 'installed' })
    await browser.visit('add')
    const devtools = await browser.context.newCDPSession(browser.page)
    const { errors, data = '' } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    expect(JSON.parse(data)).toMatchObject({
      name: 'Tributary',
      protocol_handlers: [{ protocol: 'magnet', url: './?add=%s' }],
    })
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
    // A window without history, as tests have it, installs nothing; all else is in order.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito'])
    await browser.role('button', 'Open magnet links of this browser here').click()
    await browser.notice('The browser asks you whether magnet links may be opened here.')
    browser.expectNoFaults()
  })

  it('is used by keyboard alone', async () => {
    const lab = await Lab.open()
    const torrent = await makeSingleFileTorrent(lab.folder, 'film.mkv')
    await Tributary.start(lab, { torrents: [torrent.path] })
    const browser = await WebBrowser.open(lab, { screen: 'desk', name: 'keyboard' })
    const { page } = browser
    const focused = (): Promise<string> =>
      page.evaluate(
        "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? ''",
      )
    const tabTo = async (name: string): Promise<void> => {
      for (let step = 0; step < 40; step++) {
        if ((await focused()) === name) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`${name} is not reached, but ${await focused()}`)
    }
    await browser.visit('torrents')
    await page.locator('.torrent-link').waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the content')
    await page.keyboard.press('Enter')
    await tabTo('Pause film.mkv')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await browser.heading('film.mkv')
    await tabTo('Remove')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await waitFor('the dialog to close', async () => (await page.getByRole('dialog').count()) === 0)
    // The page moves the focus once it has drawn what it shows.
    await waitFor('the focus where it was', async () => (await focused()) === 'Remove')
    await tabTo('Files')
    await page.keyboard.press('ArrowRight')
    await waitFor('the focus on the next tab', async () => (await focused()) === 'Pieces')
    browser.expectNoFaults()
  })
})
