import { describe, expect, it } from 'vitest'
import { requireModest } from '../../../src/upnp/xml/xml-limits.ts'
import { parseXml } from '../../../src/upnp/xml/xml-reader.ts'
import { BROWSE, CONTENT_DIRECTORY, soapBody } from '../../helpers/soap-request.ts'

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
    ['length', `<a>${' '.repeat(270_000)}</a>`],
    ['a long attribute', `<a b="${'x'.repeat(40_000)}"/>`],
    ['long comments', `<a>${`<!--${'x'.repeat(10_000)}-->`.repeat(4)}</a>`],
    ['a long CDATA section', `<a><![CDATA[${'x'.repeat(40_000)}]]></a>`],
    ['elements behind a quote in a tag name', `<a">${'<b/>'.repeat(10_000)}`],
    ['elements behind a quote without an attribute', `<a =">${'<b/>'.repeat(10_000)}`],
    ['elements behind CDATA in lower case', `<a><![cdata[ " ]]>${'<b/>'.repeat(10_000)}</a>`],
    ['elements behind a quote in an end tag', `<a></a ">${'<b/>'.repeat(10_000)}`],
    ['many CDATA sections', `<a>${'<![CDATA[x]]>'.repeat(101)}</a>`],
    ['many comments', `<a>${'<!---->'.repeat(101)}</a>`],
    ['many processing instructions', `<a>${'<?x?>'.repeat(101)}</a>`],
    ['a long name', `<${'a'.repeat(257)}/>`],
    ['a long name of an attribute', `<a ${'b'.repeat(257)}=""/>`],
    ['a tag that never ends', '<a b="'],
    ['a comment that never ends', '<!-- <a>'],
    ['attributes without quotes', '<a b=c>'],
    ['attributes without a space between them', '<a b="c"d="e"/>'],
  ])('refuses %s', (_, text) => {
    expect(() => requireModest(text)).toThrow()
    return expect(parseXml(text)).rejects.toThrow()
  })

  it.each<[string, string]>([
    ['a Browse', soapBody(CONTENT_DIRECTORY, 'Browse', BROWSE)],
    ['150 elements', `<a>${'<b/>'.repeat(150)}</a>`],
    ['quoted brackets', '<a b="<c><d><e>" c=\'>>>\'/>'],
    ['CDATA full of tags', `<a><![CDATA[${'<b>'.repeat(5_000)}]]></a>`],
    ['a comment full of tags', `<a><!--${'<b>'.repeat(5_000)}--></a>`],
    ['white space in tags', '<a  b = "c"\n\td\r\n=\'e\' ><b /></a >'],
    ['a long text', `<a>${'&amp; '.repeat(40_000)}</a>`],
    ['no XML at all', 'x'.repeat(1_000)],
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
