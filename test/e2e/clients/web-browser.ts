import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { Host, Lab } from '../lab/lab.ts'
import { REPOSITORY } from '../lab/tributary.ts'

/** What the page is looked at with: a phone in the dark, a desk in the light. */
export const SCREENS = {
  phone: {
    viewport: { width: 390, height: 844 },
    colorScheme: 'dark',
    hasTouch: true,
    isMobile: true,
  },
  desk: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>

export type Screen = keyof typeof SCREENS

const SCREENSHOTS = join(REPOSITORY, 'screenshots')

export interface BrowserOptions {
  /** Default: the server's own machine, which may change things. */
  readonly host?: Host
  readonly screen: Screen
  /** Of the pictures that are taken. */
  readonly name: string
  readonly context?: BrowserContextOptions
}

/** Debian's Chromium, on a machine of the lab, looking at the page. What the page throws fails the test. */
export class WebBrowser {
  readonly page: Page
  readonly context: BrowserContext
  readonly #name: string
  readonly #faults: string[] = []

  static async open(lab: Lab, options: BrowserOptions): Promise<WebBrowser> {
    const { host = lab.server, screen, context = {} } = options
    const browser = await launch(lab, host)
    const opened = await browser.newContext({ locale: 'en-GB', ...SCREENS[screen], ...context })
    const page = await opened.newPage()
    page.setDefaultTimeout(20_000)
    return new WebBrowser(page, opened, `${options.name}-${screen}`)
  }

  private constructor(page: Page, context: BrowserContext, name: string) {
    this.page = page
    this.context = context
    this.#name = name
    page.on('pageerror', (error) => this.#faults.push(`${error}`))
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) this.#faults.push(message.text())
    })
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url())
      const isOurs = host === new URL(page.url()).host || page.url() === 'about:blank'
      if (/^http/.test(protocol) && !isOurs) this.#faults.push(`asked for ${request.url()}`)
    })
    // Before the browser is closed: what was opened last ends first.
    onTestFinished(async ({ task }) => {
      if (task.result?.state === 'fail') await this.picture('failed').catch(() => {})
    })
  }

  /** @param place what stands behind the # */
  async visit(place = '', origin = 'http://127.0.0.1:3030'): Promise<void> {
    await this.page.goto(`${origin}/web/${place === '' ? '' : `#/${place}`}`)
  }

  /** A button, link and so on by its role and its whole name or a pattern of it. */
  role(role: Parameters<Page['getByRole']>[0], name: string | RegExp): Locator {
    return this.page.getByRole(role, typeof name === 'string' ? { name, exact: true } : { name })
  }

  async heading(name: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor()
  }

  async notice(text: string | RegExp): Promise<void> {
    await this.page.locator('.notices').getByText(text).first().waitFor()
  }

  /** Goes to one of the main places, as a person does. */
  async goTo(name: string): Promise<void> {
    const link = this.page.locator('nav').getByRole('link', { name, exact: true })
    if (await link.isVisible()) {
      await link.click()
    } else {
      await this.page.locator('nav').getByRole('link', { name: 'More' }).click()
      await this.page.locator('main').getByRole('link', { name }).click()
    }
  }

  async picture(step: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: join(SCREENSHOTS, `${this.#name}-${step}.png`) })
  }

  /** Takes a picture, and finds nothing wrong for screen readers, nor wider than the screen, nor thrown. */
  async inspect(step: string): Promise<void> {
    await this.picture(step)
    const axe = await readFile(
      createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
      'utf8',
    )
    await this.page.evaluate(`${axe};0`)
    const { violations } = await this.page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    )
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    expect({ step, found }).toEqual({ step, found: [] })
    const overflow = await this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    expect({ step, overflow }).toEqual({ step, overflow: 0 })
    this.expectNoFaults()
  }

  expectNoFaults(): void {
    expect(this.#faults).toEqual([])
  }
}

async function launch(lab: Lab, host: Host): Promise<Browser> {
  const command = join(lab.folder, `chromium-${host.namespace}`)
  // Through pipes: the test is in another network than the browser.
  await writeFile(command, `#!/bin/sh\nexec ip netns exec ${host.namespace} chromium "$@"\n`)
  await chmod(command, 0o755)
  const browser = await chromium.launch({
    executablePath: command,
    args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--mute-audio'],
  })
  onTestFinished(() => browser.close())
  return browser
}
