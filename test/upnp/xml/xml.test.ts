import { describe, expect, it } from 'vitest'
import { parseStringPromise } from 'xml2js'
import { element, embedded, escapeOnce, escapeXml, xmlDocument } from '../../../src/upnp/xml/xml.ts'

describe('escapeXml()', () => {
  it.each([
    ['A & B <x> "q" \'s\'', "A &amp; B &lt;x&gt; &quot;q&quot; 's'"],
    ['&amp;', '&amp;amp;'],
    ['a\0b\u0008c\u001fd\u007f', 'abcd\u007f'],
    ['a\tb\nc', 'a\tb\nc'],
    ['\ud800lone\udc00', 'lone'],
    ['\u{1f600}', '\u{1f600}'],
    ['\ufffe\uffff', ''],
    ['Cafe\u0301', 'Caf\u00e9'],
  ])('writes %j', (text, escaped) => {
    expect(escapeXml(text)).toBe(escaped)
  })

  it('leaves nothing that a strict parser refuses', async () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).join('')
    const root = element('a', { b: every }, every)
    await expect(parseStringPromise(xmlDocument(root))).resolves.toHaveProperty('a')
  })
})

describe('escapeOnce()', () => {
  it('leaves quotes raw', () => {
    expect(escapeOnce('<a b="c">&amp;</a>')).toBe('&lt;a b="c"&gt;&amp;amp;&lt;/a&gt;')
  })
})

describe('element()', () => {
  it('escapes text and attributes, and nothing twice', () => {
    const title = element('dc:title', {}, 'A & "B"')
    const item = element('item', { id: '<1>', refID: undefined, n: 2 }, [title, ' & ', 3])
    expect(item.toString()).toBe(
      '<item id="&lt;1&gt;" n="2"><dc:title>A &amp; &quot;B&quot;</dc:title> &amp; 3</item>',
    )
  })

  it('closes itself when empty', () => {
    expect(element('a').toString()).toBe('<a/>')
    expect(element('a', {}, '').toString()).toBe('<a/>')
  })
})

describe('embedded()', () => {
  it('makes markup the text of an element', async () => {
    const didl = element('DIDL-Lite', { x: 'y' }, element('t', {}, 'A & "B"'))
    const root = element('Result', {}, embedded(didl))
    expect(root.toString()).toBe(
      '<Result>&lt;DIDL-Lite x="y"&gt;&lt;t&gt;A &amp;amp; &amp;quot;B&amp;quot;&lt;/t&gt;' +
        '&lt;/DIDL-Lite&gt;</Result>',
    )
    const read = await parseStringPromise(xmlDocument(root))
    expect(read.Result).toBe(didl.toString())
  })
})
