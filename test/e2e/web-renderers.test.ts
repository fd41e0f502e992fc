import { expect, it } from 'vitest'
import { Gmediarender } from './clients/gmediarender.ts'
import { Kodi } from './clients/kodi.ts'
import { RemoteControl } from './clients/remote-control.ts'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { makeSeriesTorrent, makeSubtitledTorrent, SUBTITLED } from './lab/media.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const SCREENS: readonly Screen[] = ['phone', 'desk']

describeWithTools(['chromium', 'gmediarender', 'gssdp-discover'], 'the page plays on a TV', () => {
  it.each(SCREENS)('a film, and is its remote control, on a %s', async (screen) => {
    const lab = await Lab.open()
    const torrent = await makeSubtitledTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await server.finished(torrent.infoHash)
    await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    const browser = await WebBrowser.open(lab, { screen, name: 'remote' })
    const { page } = browser
    await browser.visit('tvs')
    const found = page.getByRole('listitem').filter({ hasText: lab.second.address })
    await found.getByText('Renderer').first().waitFor()
    await browser.role('button', 'Search now').click()
    await browser.notice('Searching the network …')

    await browser.visit(`torrent/${torrent.infoHash}`)
    await page.getByRole('button', { name: /^Play .* on …$/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /Renderer/ }).waitFor()
    await browser.inspect('choose')
    await dialog.getByRole('combobox').selectOption({ index: 1 })
    await dialog.getByRole('button', { name: /Renderer/ }).click()
    await browser.notice(/ plays on Renderer\.$/)
    const bar = page.getByRole('region', { name: 'Playing on TVs' })
    await bar.getByText('Renderer').waitFor()
    const seek = bar.getByRole('slider', { name: 'Position on Renderer' })
    await waitFor('the position to move', async () => Number(await seek.inputValue()) > 1)
    await browser.inspect('playing')

    await seek.fill('40')
    await remote.timePasses(40)
    await waitFor('the page to follow', async () => Number(await seek.inputValue()) >= 40)
    await bar.getByRole('button', { name: 'Pause Renderer' }).click()
    await remote.waitForPlayback({ state: 'paused' })
    await bar.getByRole('button', { name: 'Go on on Renderer' }).click()
    await remote.waitForPlayback({ state: 'playing' })
    await bar.getByRole('slider', { name: 'Volume of Renderer' }).fill('35')
    await remote.waitForPlayback({ volume: 35 })
    await bar.getByRole('button', { name: 'Mute Renderer' }).click()
    await remote.waitForPlayback({ muted: true })
    await bar.getByRole('button', { name: 'Stop Renderer' }).click()
    await remote.waitForPlayback({ state: 'stopped' })
    await waitFor('the bar to go', async () => (await bar.count()) === 0)

    // Where the TV was is where one goes on.
    await browser.goTo('Library')
    const shelf = page.getByRole('region', { name: 'Continue watching' })
    await shelf.getByRole('link', { name: new RegExp(SUBTITLED.name.slice(0, 9)) }).waitFor()
    browser.expectNoFaults()
  })

  it.each(SCREENS)(
    'on several TVs at once, and what comes next on each, on a %s',
    async (screen) => {
      const lab = await Lab.open()
      const torrent = await makeSeriesTorrent(lab.folder)
      const seeder = await startLibtorrent(lab.server, torrent)
      const server = await Tributary.start(lab, {
        torrents: [torrent.path],
        peers: [seeder.address],
      })
      await server.finished(torrent.infoHash)
      await Promise.all([
        Gmediarender.start(lab.first, 'Kitchen'),
        Gmediarender.start(lab.second, 'Bedroom'),
      ])
      const kitchen = await RemoteControl.find(server, 'Kitchen')
      const bedroom = await RemoteControl.find(server, 'Bedroom')
      const browser = await WebBrowser.open(lab, { screen, name: 'several' })
      const { page } = browser
      await browser.visit()
      await page.locator('.title-card').first().click()
      const dialog = page.getByRole('dialog')
      const playOn = async (episode: string, name: string): Promise<void> => {
        await page.getByRole('button', { name: new RegExp(`^Play .*${episode} on …$`) }).click()
        await dialog.getByRole('button', { name: new RegExp(`^${name}`) }).click()
        await browser.notice(new RegExp(` plays on ${name}\\.$`))
      }
      await playOn('S1 E1', 'Kitchen')
      await playOn('S1 E1', 'Bedroom')
      await kitchen.waitForPlayback({ state: 'playing', file_idx: 0 })
      await bedroom.waitForPlayback({ state: 'playing', file_idx: 0 })
      const bars = page.getByRole('region', { name: 'Playing on TVs' }).getByRole('article')
      const bar = (name: string) => bars.filter({ hasText: name })
      await waitFor('a bar for each', async () => (await bars.count()) === 2)
      // On a phone there is room for all of one alone.
      for (const more of await bars.getByRole('button', { name: /^Volume and what comes/ }).all()) {
        await more.click()
      }
      await browser.inspect('both')

      // One is told something, the other plays on.
      await bar('Kitchen').getByRole('button', { name: 'Pause Kitchen' }).click()
      await kitchen.waitForPlayback({ state: 'paused' })
      await bedroom.timePasses(0)
      await bar('Kitchen').getByRole('button', { name: 'Go on on Kitchen' }).click()

      await bar('Kitchen').getByRole('button', { name: 'Play Show · S1 E2 next' }).click()
      await bar('Kitchen').getByText('Next: Show · S1 E2').waitFor()
      expect((await kitchen.told()).playback.next).toMatchObject({ file_idx: 1 })
      await browser.inspect('queued')
      await bar('Kitchen').getByRole('button', { name: 'Do not play Show · S1 E2 next' }).click()
      await kitchen.waitForPlayback({ next: null })
      // From the dialog, too.
      await page.getByRole('button', { name: /^Play .*S1 E2 on …$/ }).click()
      await browser.inspect('afterwards')
      await dialog.getByRole('button', { name: 'Afterwards, on Kitchen' }).click()
      await browser.notice('“Show · S1 E2” comes next on Kitchen.')
      await bar('Kitchen').getByText('Next: Show · S1 E2').waitFor()
      await bar('Kitchen').getByRole('slider', { name: 'Position on Kitchen' }).fill('55')

      await bar('Bedroom').getByRole('button', { name: 'Go on to Show · S1 E2 now' }).click()
      await bedroom.waitForPlayback({ state: 'playing', file_idx: 1 })
      await kitchen.waitForPlayback({ state: 'playing', file_idx: 1, next: null })
      for (const name of ['Kitchen', 'Bedroom']) {
        await bar(name)
          .getByRole('button', { name: `Stop ${name}` })
          .click()
      }
      await waitFor('the bars to go', async () => (await bars.count()) === 0)
      browser.expectNoFaults()
    },
  )

  it('and what a TV watches can be gone on with, on a page that nobody touches', async () => {
    const lab = await Lab.open()
    const torrent = await makeSubtitledTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await server.finished(torrent.infoHash)
    const renderer = await Gmediarender.start(lab.second)
    const remote = await RemoteControl.find(server, 'Renderer')
    const browser = await WebBrowser.open(lab, { screen: 'desk', name: 'follow' })
    const { page } = browser
    await browser.visit()
    await page.locator('.title-card').first().waitFor()
    let asked = 0
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/library') asked++
    })
    const shelf = page.getByRole('region', { name: 'Continue watching' })
    expect(await shelf.count()).toBe(0)
    const film = torrent.files.findIndex((file) => file.endsWith('.mkv'))
    await remote.tell('play', { torrent: torrent.infoHash, file: film, position: 20 })
    await remote.timePasses(20)
    await shelf.getByRole('link').waitFor()
    expect(asked).toBe(0)
    await browser.inspect('continue')

    renderer.kill()
    const bar = page.getByRole('region', { name: 'Playing on TVs' }).getByRole('article')
    await bar.getByText(/^Renderer cannot be reached/).waitFor()
    await browser.inspect('gone')
    browser.expectNoFaults()
  })
})

describeWithTools(['chromium', 'kodi', 'Xvfb', 'pulseaudio'], 'the page plays on Kodi', () => {
  it('a film with subtitles, and is its remote control', async () => {
    const lab = await Lab.open()
    const torrent = await makeSubtitledTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await server.finished(torrent.infoHash)
    const kodi = await Kodi.start(lab, lab.second)
    const remote = await RemoteControl.find(server, 'Kodi')
    const browser = await WebBrowser.open(lab, { screen: 'desk', name: 'kodi' })
    const { page } = browser
    await browser.visit(`torrent/${torrent.infoHash}`)
    await page.getByRole('button', { name: /^Play .* on …$/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').selectOption({ label: 'German · River.ger.srt' })
    await dialog.getByRole('button', { name: /^Kodi/ }).click()
    await browser.notice(/ plays on Kodi/)
    await kodi.timePasses(0)
    expect((await kodi.subtitles()).subtitles.length).toBeGreaterThanOrEqual(1)
    const bar = page.getByRole('region', { name: 'Playing on TVs' }).getByRole('article')
    await bar.getByRole('slider', { name: /^Position on/ }).fill('30')
    await kodi.timePasses(30)
    await bar.getByRole('button', { name: /^Pause/ }).click()
    await remote.waitForPlayback({ state: 'paused' })
    await bar.getByRole('button', { name: /^Go on on/ }).click()
    await remote.waitForPlayback({ state: 'playing' })
    await bar.getByRole('slider', { name: /^Volume of/ }).fill('60')
    await remote.waitForPlayback({ volume: 60 })
    await browser.inspect('playing')
    await bar.getByRole('button', { name: /^Stop/ }).click()
    await remote.waitForPlayback({ state: 'stopped', file_idx: null })
    browser.expectNoFaults()
  })

  it('a series, and goes on to the episode that was queued', async () => {
    const lab = await Lab.open()
    const torrent = await makeSeriesTorrent(lab.folder)
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, { torrents: [torrent.path], peers: [seeder.address] })
    await server.finished(torrent.infoHash)
    await Kodi.start(lab, lab.second)
    const remote = await RemoteControl.find(server, 'Kodi')
    const browser = await WebBrowser.open(lab, { screen: 'phone', name: 'kodi-next' })
    const { page } = browser
    await remote.tell('play', { torrent: torrent.infoHash, file: 0 })
    await remote.timePasses(0)
    await browser.visit()
    const bar = page.getByRole('region', { name: 'Playing on TVs' }).getByRole('article')
    await bar.getByRole('button', { name: 'Play Show · S1 E2 next' }).click()
    await bar.getByText('Next: Show · S1 E2').waitFor()
    await bar.getByRole('slider', { name: /^Position on/ }).fill('52')
    await remote.waitForPlayback({ state: 'playing', file_idx: 1, next: null })
    await remote.timePasses(0)
    browser.expectNoFaults()
  })
})
