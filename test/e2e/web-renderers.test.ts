import { it } from 'vitest'
import { Gmediarender } from './clients/gmediarender.ts'
import { RemoteControl } from './clients/remote-control.ts'
import { type Screen, WebBrowser } from './clients/web-browser.ts'
import { Lab } from './lab/lab.ts'
import { makeSubtitledTorrent, SUBTITLED } from './lab/media.ts'
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
})
