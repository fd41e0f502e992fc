import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../src/library/search/search.ts'
import { parseSearchCriteria } from '../../../src/upnp/content-directory/search-criteria.ts'
import { UpnpError } from '../../../src/upnp/control/upnp-error.ts'

const title = (value: string): Condition => ({
  kind: 'relation',
  property: 'title',
  relation: '=',
  value,
})
const [A, B, C] = [title('a'), title('b'), title('c')]

describe('parseSearchCriteria()', () => {
  it.each<[string, Condition]>([
    ['*', { kind: 'everything' }],
    [' * ', { kind: 'everything' }],
    ['', { kind: 'everything' }],
    ['dc:title = "a"', A],
    ['dc:title="a"', A],
    ['\t dc:title\r\n=\u000b"a"\f', A],
    ['(dc:title = "a")', A],
    ['((dc:title="a"))', A],
    ['dc:title = "a" and dc:title = "b"', { kind: 'all', conditions: [A, B] }],
    ['dc:title = "a" OR dc:title = "b"', { kind: 'any', conditions: [A, B] }],
    [
      'dc:title="a"or dc:title="b"and dc:title="c"',
      { kind: 'any', conditions: [A, { kind: 'all', conditions: [B, C] }] },
    ],
    [
      '(dc:title="a" or dc:title="b")and(dc:title="c")',
      { kind: 'all', conditions: [{ kind: 'any', conditions: [A, B] }, C] },
    ],
    ['dc:title = "say \\"hi\\" \\\\ \\n"', title('say "hi" \\ \\n')],
    ['dc:title = ") and ("', title(') and (')],
    ['dc:title = ""', title('')],
    ['@refID exists false', { kind: 'exists', property: 'refId', expected: false }],
    ['upnp:director EXISTS TRUE', { kind: 'exists', property: null, expected: true }],
    [
      'upnp:class derivedFrom object.item',
      { kind: 'relation', property: 'class', relation: 'derivedfrom', value: 'object.item' },
    ],
    ...(['!=', '<', '<=', '>', '>='] as const).map((relation): [string, Condition] => [
      `res@size${relation}"5"`,
      { kind: 'relation', property: 'size', relation, value: '5' },
    ]),
    ...(['contains', 'doesNotContain', 'startsWith'] as const).map(
      (relation): [string, Condition] => [
        `dc:date ${relation} "2026"`,
        { kind: 'relation', property: 'date', relation, value: '2026' },
      ],
    ),
  ])('%j', (text, condition) => {
    expect(parseSearchCriteria(text)).toEqual(condition)
  })

  it.each([
    '"',
    '(',
    ')',
    '()',
    'dc:title',
    'dc:title =',
    '= "a"',
    'dc:title like "a"',
    'dc:title = "a',
    'dc:title = "a\\"',
    'dc:title = "a" and',
    'and dc:title = "a"',
    'dc:title = "a" dc:title = "b"',
    'dc:title = "a")',
    '(dc:title = "a"',
    'dc:title exists maybe',
    'dc:title == "a"',
    'not dc:title = "a"',
    '* and dc:title = "a"',
    `${'('.repeat(33)}dc:title="a"${')'.repeat(33)}`,
    Array(129).fill('dc:title="a"').join(' or '),
  ])('708 for %.60j', (text) => {
    expect(() => parseSearchCriteria(text)).toThrow(
      expect.objectContaining({ errorCode: 708, constructor: UpnpError }),
    )
  })

  it('reads as deep and as many as any control point asks for', () => {
    const deep = `${'('.repeat(32)}dc:title="a"${')'.repeat(32)}`
    expect(parseSearchCriteria(deep)).toEqual(A)
    expect(parseSearchCriteria(Array(128).fill('dc:title="a"').join(' or '))).toMatchObject({
      kind: 'any',
    })
  })
})
