import { describe, expect, it } from 'vitest'
import {
  type EventHeaders,
  parseSubscribe,
  parseUnsubscribe,
} from '../../../src/upnp/eventing/event-request.ts'

const PEER = '10.0.0.7'
const SID = 'uuid:a'

/** The callback URLs that are accepted from 10.0.0.7, `null` if it is refused. */
function callbacksOf(callback: string, peer = PEER): readonly string[] | null {
  const request = parseSubscribe({ nt: 'upnp:event', callback }, peer)
  return request.kind === 'subscribe' ? request.callbackUrls.map(String) : null
}

describe('CALLBACK', () => {
  it.each<[string, readonly string[]]>([
    ['<http://10.0.0.7/>', ['http://10.0.0.7/']],
    ['<http://10.0.0.7:4711/a?b=c>', ['http://10.0.0.7:4711/a?b=c']],
    ['<http://10.0.0.7:1/><http://10.0.0.7:2/>', ['http://10.0.0.7:1/', 'http://10.0.0.7:2/']],
    ['  <http://10.0.0.7:1/> , <HTTP://10.0.0.7:2>', ['http://10.0.0.7:1/', 'http://10.0.0.7:2/']],
    ['<http://192.0.2.1/><http://10.0.0.7/>', ['http://10.0.0.7/']],
  ])('%s is accepted', (callback, urls) => {
    expect(callbacksOf(callback)).toEqual(urls)
  })

  it.each([
    '',
    'http://10.0.0.7/',
    '<>',
    '<10.0.0.7>',
    '<http://10.0.0.8/>',
    '<http://192.0.2.1/>',
    '<http://127.0.0.1/>',
    '<http://localhost/>',
    '<http://tv.local/>',
    '<http://10.0.0.7.example.com/>',
    '<http://10.0.0.7@192.0.2.1/>',
    '<http://[::1]/>',
    '<https://10.0.0.7/>',
    '<ftp://10.0.0.7/>',
    '<file://10.0.0.7/etc/passwd>',
    '<http://10.0.0.7:99999/>',
    '<http://10.0.0.7 />x',
  ])('%s is refused', (callback) => {
    expect(callbacksOf(callback)).toBeNull()
  })

  it.each([
    ['<http://10.0.0.7/>', '::ffff:10.0.0.7'],
    ['<http://[::ffff:10.0.0.7]/>', '10.0.0.7'],
    ['<http://[FD00:0::7]/>', 'fd00::7'],
    ['<http://[fe80::7]/>', 'fe80::7%eth0'],
  ])('%s is accepted from %s', (callback, peer) => {
    expect(callbacksOf(callback, peer)).toHaveLength(1)
  })

  it('is tried at four URLs at most', () => {
    expect(callbacksOf('<http://10.0.0.7/>'.repeat(100))).toHaveLength(4)
  })
})

describe('TIMEOUT', () => {
  it.each([
    [undefined, 300],
    ['', 300],
    ['Second-300', 300],
    ['second-2', 2],
    [' Second-1800 ', 1_800],
    ['Second-86400', 1_800],
    ['Second-99999999999999999999', 1_800],
    ['Second-infinite', 1_800],
    ['infinite', 1_800],
    ['Second-0', 300],
    ['Second--1', 300],
    ['Minute-1', 300],
  ])('%j grants %i s', (timeout, seconds) => {
    const callback = '<http://10.0.0.7/>'
    const subscription = parseSubscribe({ nt: 'upnp:event', callback, timeout }, PEER)
    const renewal = parseSubscribe({ sid: SID, timeout }, PEER)
    expect(subscription).toHaveProperty('timeoutSeconds', seconds)
    expect(renewal).toEqual({ kind: 'renew', sid: SID, timeoutSeconds: seconds })
  })
})

describe('a request that is refused', () => {
  const callback = '<http://10.0.0.7/>'
  it.each<[number, EventHeaders]>([
    [412, {}],
    [412, { nt: 'upnp:event' }],
    [412, { callback }],
    [412, { nt: 'upnp:propchange', callback }],
    [400, { sid: SID, nt: 'upnp:event' }],
    [400, { sid: SID, callback }],
    [400, { sid: SID, nt: 'upnp:event', callback }],
  ])('%i for %j', (status, headers) => {
    expect(parseSubscribe(headers, PEER)).toMatchObject({ kind: 'refused', status })
  })

  it.each<[number, EventHeaders]>([
    [412, {}],
    [412, { nt: 'upnp:event', callback }],
    [400, { sid: SID, nt: 'upnp:event' }],
    [400, { sid: SID, callback }],
  ])('%i for UNSUBSCRIBE with %j', (status, headers) => {
    expect(parseUnsubscribe(headers)).toMatchObject({ kind: 'refused', status })
  })
})
