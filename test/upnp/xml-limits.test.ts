import { describe, expect, it } from 'vitest'
import { requireModest } from '../../src/upnp/xml-limits.ts'
import { parseXml } from '../../src/upnp/xml-reader.ts'
import { BROWSE, CONTENT_DIRECTORY, soapBody } from '../helpers/soap-request.ts'

const namespaces = (count: number): string =>
  Array.from({ length: count }, (_, i) => `xmlns:n${i}="urn:${i}"`).join(' ')
const attributes = (count: number): string =>
  Array.from({ length: count }, (_, i) => `a${i}="${i}"`).join(' ')

describe('requireModest()', () => {
  it.each<[string, string]>([
    ['many elements', `<a>${'<b/>'.repeat(30_000)}</a>`],
    ['many namespaces', `<a ${namespaces(5_000)}/>`],
    ['namespaces on many elements', '<a xmlns="x" xmlns:y="y">'.repeat(40)],
    ['many attributes', `<a ${attributes(65)}/>`],
    ['many attributes in single quotes', `<a ${attributes(65).replaceAll('"', "'")}/>`],
    ['depth', '<a>'.repeat(33)],
    ['depth behind a comment', `<!--x-->${'<a b=">">'.repeat(33)}`],
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
    ['an entity', '<x><!entity a "b"></x>'],
    ['length', `<a>${' '.repeat(600_000)}</a>`],
  ])('refuses %s', (_, text) => {
    expect(() => requireModest(text)).toThrow()
    return expect(parseXml(text)).rejects.toThrow()
  })

  it.each<[string, string]>([
    ['a Browse', soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE)],
    ['1,500 elements', `<a>${'<b/>'.repeat(1_500)}</a>`],
    ['quoted brackets', '<a b="<c><d><e>" c=\'>>>\'/>'],
    ['CDATA full of tags', `<a><![CDATA[${'<b>'.repeat(5_000)}]]></a>`],
    ['a comment full of tags', `<a><!--${'<b>'.repeat(5_000)}--></a>`],
    ['what never ends', '<a b="'],
    ['a comment that never ends', '<!-- <a>'],
  ])('lets %s pass', (_, text) => {
    expect(() => requireModest(text)).not.toThrow()
  })
})

describe('parseXml()', () => {
  it('finds the namespaces of deep elements', async () => {
    const text = '<a xmlns="urn:a" xmlns:b="urn:b"><c><b:d xmlns:b="urn:other"/><b:e/></c></a>'
    const root = await parseXml(text)
    const names = root.children[0]?.children.map((child) => `${child.namespace} ${child.localName}`)
    expect(names).toEqual(['urn:other d', 'urn:b e'])
  })
})
