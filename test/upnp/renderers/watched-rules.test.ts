import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createLogger } from '../../../src/json-log.ts'
import { replaceFile } from '../../../src/replace-file.ts'
import { RENDERER_RULES } from '../../../src/upnp/renderers/renderer-table.ts'
import { Renderers } from '../../../src/upnp/renderers/renderers.ts'
import { parseRulesFile } from '../../../src/upnp/renderers/rules-file.ts'
import { WatchedRules } from '../../../src/upnp/renderers/watched-rules.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const RULE_IDS = new Set(RENDERER_RULES.map(({ id }) => id))
const ADDRESS = '192.168.1.20'

function parse(file: unknown) {
  return parseRulesFile(JSON.stringify(file), RULE_IDS)
}

describe('a rules file', () => {
  test('names rules and fields by address', () => {
    const set = {
      mimeTypes: { mkv: 'video/x-mkv' },
      captions: { byteOrderMark: true },
      contentFeatures: 'none',
    }
    expect(
      parse({
        renderers: [
          { address: '::FFFF:10.0.0.7', rule: 'lg-webos' },
          { address: 'FE80::1', set },
        ],
      }),
    ).toEqual([
      { address: '10.0.0.7', rule: 'lg-webos' },
      { address: 'fe80::1', set },
    ])
  })

  test('names languages of subtitles as people do', () => {
    const captions = { languages: ['ger', 'English', 'pt-br'] }
    const [entry] = parse({ renderers: [{ address: ADDRESS, set: { captions } }] })
    expect(entry?.set?.captions).toEqual({ languages: ['de', 'en', 'pt-BR'] })
  })

  test.each([
    [
      { renderers: [{ address: ADDRESS, set: { captions: { languages: ['xx1'] } } }] },
      /languages\.0: "xx1" is no language/,
    ],
    [{}, /renderers/],
    [{ renderers: [{ address: 'tv' }] }, /renderers\.0\.address: "tv" is no IP address/],
    [{ renderers: [{ address: ADDRESS, rule: 'nobody' }] }, /renderers\.0\.rule: no rule "nobody"/],
    [{ renderers: [{ address: ADDRESS, set: { mkvMime: 'x' } }] }, /mkvMime/],
    [{ renderers: [{ address: ADDRESS, set: { mimeTypes: { mkv: 'a\r\nb' } } }] }, /MIME type/],
    [{ renderers: [{ address: ADDRESS, set: { date: 'no' } }] }, /renderers\.0\.set\.date/],
    [{ renderers: Array(1_001).fill({ address: ADDRESS }) }, /renderers/],
  ])('%j is refused with its fault', (file, fault) => {
    expect(() => parse(file)).toThrow(fault)
  })
})

async function watch(text: string | null) {
  const folder = await temporaryFolder()
  const path = join(folder, 'renderers.json')
  if (text !== null) await writeFile(path, text)
  const lines: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = createLogger('warn', destination)
  const clock = new FakeClock()
  const renderers = new Renderers({ clock, log })
  const rules = new WatchedRules({ path, renderers, ruleIds: RULE_IDS, clock, log })
  onTestFinished(() => rules.close())
  await rules.start()
  const found = () => renderers.profileFor({ address: ADDRESS, headers: {}, asked: '' }).id
  /** Lets the file be looked at. */
  const until = (check: () => void) =>
    vi.waitFor(async () => {
      await clock.advance(2_000)
      check()
    }, 10_000)
  return { path, lines, found, until, clock, rules }
}

const SHARP = JSON.stringify({ renderers: [{ address: ADDRESS, rule: 'sharp' }] })
const ROKU = JSON.stringify({ renderers: [{ address: ADDRESS, rule: 'roku' }] })

describe('the rules of the data folder', () => {
  test('need not be there', async () => {
    const { found, lines } = await watch(null)
    expect(found()).toBe('default')
    expect(lines).toEqual([])
  })

  test('are read again when they change, and forgotten when they go', async () => {
    const { path, found, until } = await watch(SHARP)
    expect(found()).toBe('sharp')
    await writeFile(path, ROKU)
    await until(() => expect(found()).toBe('roku'))
    await rm(path)
    await until(() => expect(found()).toBe('default'))
  })

  test.each(['{', '{"renderers":[{"address":"x"}]}', ' '.repeat(300_000), '\u00ff'])(
    'stay as they were while the file cannot be read (%#)',
    async (bad) => {
      const { path, found, until, lines } = await watch(SHARP)
      await replaceFile(path, Buffer.from(bad, 'latin1'))
      await until(() => expect(lines).toHaveLength(1))
      expect(lines[0]).toContain('renderer rules cannot be read, the old ones stay')
      expect(found()).toBe('sharp')
      await replaceFile(path, ROKU)
      await until(() => expect(found()).toBe('roku'))
      expect(lines).toHaveLength(1)
    },
  )

  test('are left alone once closed', async () => {
    const { clock, rules } = await watch(SHARP)
    rules.close()
    expect(clock.pending).toBe(0)
  })
})
