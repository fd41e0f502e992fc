import { describe, expect, it } from 'vitest'
import { parseKrpc } from '../../../src/torrents/webtorrent/krpc-message.ts'

const ID = 'abcdefghij0123456789'
const HASH = 'mnopqrstuvwxyz123456'
const NODE = `${ID}\x01\x02\x03\x04\x1a\xe1`

function parse(text: string): ReturnType<typeof parseKrpc> {
  return parseKrpc(Buffer.from(text, 'latin1'))
}

const query = (method: string, values: string): string =>
  `d1:ad2:id20:${ID}${values}e1:q${method.length}:${method}1:t2:aa1:y1:qe`
const response = (values: string): string => `d1:rd2:id20:${ID}${values}e1:t2:aa1:y1:re`

describe('parseKrpc()', () => {
  it('reads the messages of BEP 5', () => {
    const hash = Buffer.from(HASH)
    const question = (text: string): unknown => {
      const message = parse(text)
      return message?.kind === 'query' ? message.question : message
    }
    expect(question(query('ping', ''))).toEqual({ method: 'ping' })
    expect(question(query('find_node', `6:target20:${HASH}`))).toEqual({
      ...{ method: 'find_node', target: hash },
    })
    expect(question(query('get_peers', `9:info_hash20:${HASH}`))).toEqual({
      ...{ method: 'get_peers', infoHash: hash },
    })
    const announce = `9:info_hash20:${HASH}4:porti6881e5:token2:ab`
    expect(question(query('announce_peer', announce))).toEqual({
      ...{ method: 'announce_peer', infoHash: hash, port: 6881, token: Buffer.from('ab') },
    })
    expect(question(query('announce_peer', `12:implied_porti1e${announce}`))).toMatchObject({
      port: null,
    })
    expect(parse(response(`5:nodes26:${NODE}5:token1:x6:valuesl6:${NODE.slice(20)}e`))).toEqual({
      ...{ kind: 'response', transaction: Buffer.from('aa'), id: Buffer.from(ID) },
      nodes: Buffer.from(NODE, 'latin1'),
      values: [Buffer.from(NODE.slice(20), 'latin1')],
      token: Buffer.from('x'),
    })
    expect(parse('d1:eli201e5:Errore1:t2:aa1:y1:ee')).toEqual({
      ...{ kind: 'error', transaction: Buffer.from('aa'), code: 201 },
    })
    expect(parse(`d1:ad2:id20:${ID}e1:q4:ping2:roi1e1:t2:aa1:y1:qe`)).toMatchObject({
      isReadOnly: true,
    })
  })

  it.each([
    ['a target that is a number', query('find_node', '6:targeti7e')],
    ['a target that is a list', query('find_node', '6:targetle')],
    ['a target that is short', query('find_node', '6:target19:mnopqrstuvwxyz12345')],
    ['no target', query('find_node', '')],
    ['an info hash that is a list', query('get_peers', '9:info_hashli1ee')],
    ['an info hash that is long', query('get_peers', `9:info_hash21:${HASH}x`)],
    ['no token', query('announce_peer', `9:info_hash20:${HASH}4:porti1e`)],
    [
      'a token that is a number',
      query('announce_peer', `9:info_hash20:${HASH}4:porti1e5:tokeni1e`),
    ],
    ...['0', '65536', '-1'].map((port): [string, string] => [
      `port ${port}`,
      query('announce_peer', `9:info_hash20:${HASH}4:porti${port}e5:token2:ab`),
    ]),
    ['an item to be stored', query('put', `5:token2:ab1:v3:abc`)],
    ['an item to be got', query('get', `6:target20:${HASH}`)],
    ['a query without an id', 'd1:ade1:q4:ping1:t2:aa1:y1:qe'],
    ['an id that is a number', 'd1:ad2:idi1ee1:q4:ping1:t2:aa1:y1:qe'],
    ['an id that is short', 'd1:ad2:id2:xye1:q4:ping1:t2:aa1:y1:qe'],
    ['values that are a list', 'd1:ale1:q4:ping1:t2:aa1:y1:qe'],
    ['no values', 'd1:q4:ping1:t2:aa1:y1:qe'],
    ['a method that is a number', `d1:ad2:id20:${ID}e1:qi1e1:t2:aa1:y1:qe`],
    ['a method of a prototype', query('constructor', '')],
    ['a transaction that is a number', `d1:ad2:id20:${ID}e1:q4:ping1:ti1e1:y1:qe`],
    ['a transaction that is empty', `d1:ad2:id20:${ID}e1:q4:ping1:t0:1:y1:qe`],
    ['a transaction of 21 bytes', `d1:ad2:id20:${ID}e1:q4:ping1:t21:${ID}x1:y1:qe`],
    ['no transaction', `d1:ad2:id20:${ID}e1:q4:ping1:y1:qe`],
    ['a kind that is a number', 'd1:t2:aa1:yi1ee'],
    ['no kind', `d1:ad2:id20:${ID}e1:q4:ping1:t2:aae`],
    ['an answer that is a list', 'd1:rle1:t2:aa1:y1:re'],
    ['an answer without an id', 'd1:rde1:t2:aa1:y1:re'],
    ['an answer whose id is a number', 'd1:rd2:idi7ee1:t2:aa1:y1:re'],
    ['an answer whose id is a list', 'd1:rd2:idlee1:t2:aa1:y1:re'],
    ['an answer whose id is a dictionary', 'd1:rd2:iddee1:t2:aa1:y1:re'],
    ['nodes that are a number', response('5:nodesi9e')],
    ['nodes of 25 bytes', response(`5:nodes25:${NODE.slice(1)}`)],
    ['values that are bytes', response('6:values6:aaaaaa')],
    ['values of numbers', response('6:valuesli1ee')],
    ['a token that is a list', response('5:tokenle')],
    ['an error that is no list', 'd1:ei201e1:t2:aa1:y1:ee'],
    ['no dictionary', 'le'],
    ['nothing', ''],
    ['a length below zero', 'd-3:'],
    ['lists within lists', 'l'.repeat(1_400)],
    ['more behind it', `${query('ping', '')}x`],
    ['more than fits a packet', query('ping', `1:x5000:${'x'.repeat(5_000)}`)],
  ])('drops %s', (_, text) => {
    expect(parse(text)).toBeNull()
  })

  it('takes no more peers and nodes than are of use, and none of IPv6', () => {
    const many = response(`5:nodes${26 * 60}:${NODE.repeat(60)}6:valuesl${'6:abcdef'.repeat(130)}e`)
    expect(parse(many)).toMatchObject({ nodes: Buffer.from(NODE.repeat(50), 'latin1') })
    const message = parse(many)
    expect(message?.kind === 'response' && message.values.length).toBe(100)
    expect(parse(response('6:valuesl18:abcdefghijklmnopqre'))).toMatchObject({ values: [] })
  })
})
