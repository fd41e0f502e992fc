import { describe, expect, test } from 'vitest'
import { BlockRequest } from '../../../../src/torrents/scheduler/model/block-request.ts'
import { ActionList } from '../../../../src/torrents/scheduler/model/scheduler-action.ts'

const wire = {
  ...{ id: 1, address: '10.0.0.1', peer: '10.0.0.1:6881', isDelivering: true },
  timing: { roundTripMs: 60, blockMs: 10, lastArrivalAt: 0 },
  answers: { of: () => 0 },
}
const piece = { piece: 3, firstBlock: 12, blockLength: () => 16_384 }

describe('a request that is taken back', () => {
  test('is cancelled once the peer has been told of it', () => {
    const actions = new ActionList()
    const request = new BlockRequest(wire, piece, 1, 'stream')
    actions.request(request)
    expect(actions.take()).toMatchObject([{ kind: 'request', piece: 3, offset: 16_384 }])
    actions.cancel(request)
    expect(actions.take()).toMatchObject([{ kind: 'cancel', piece: 3, offset: 16_384 }])
  })

  test('is never sent where the peer has not', () => {
    const actions = new ActionList()
    const request = new BlockRequest(wire, piece, 1, 'stream')
    actions.request(request)
    actions.cancel(request)
    expect(actions.take()).toEqual([])
  })

  test('is not cancelled where its answer, a choke or the end of the wire comes first', () => {
    const actions = new ActionList()
    const requests = [1, 2].map((block) => new BlockRequest(wire, piece, block, 'stream'))
    for (const request of requests) actions.request(request)
    actions.take()
    for (const request of requests) actions.cancel(request)
    for (const request of requests.slice(0, 1)) actions.answered(request)
    actions.forget(1)
    expect(actions.take()).toEqual([])
  })
})
