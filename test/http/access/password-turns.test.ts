import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { AccessRules } from '../../../src/http/access/access-rules.ts'
import { requirePassword } from '../../../src/http/access/password.ts'
import { PasswordAttempts } from '../../../src/http/access/password-attempts.ts'
import { PasswordTurns } from '../../../src/http/access/password-turns.ts'
import { silentLogger } from '../../../src/log.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { seededRandom } from '../../torrents/scheduler/simulation/random.ts'

const AUTH = { user: 'ann', password: 'secret' }
const ADDRESS = '192.168.1.9'

/** Somebody who asks from an address that he shares; the answer is a status, or none yet. */
class Asked {
  status: number | null = null
  readonly response = new EventEmitter()

  constructor(password: string, agent: string, { turns, rules }: Door) {
    const authorization = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`
    const request = {
      headers: { authorization, 'user-agent': agent },
      socket: { remoteAddress: ADDRESS },
    } as unknown as IncomingMessage
    const response = this.response as unknown as ServerResponse
    void turns.wait(request, response, rules).then(() => {
      try {
        requirePassword(request, AUTH, rules)
        this.status = 200
      } catch (error) {
        this.status = (error as { status: number }).status
      }
    })
  }
}

interface Door {
  readonly clock: FakeClock
  readonly turns: PasswordTurns
  readonly rules: AccessRules
  ask(password: string, agent?: string): Asked
}

function door(): Door {
  const clock = new FakeClock()
  const attempts = new PasswordAttempts(() => clock.now(), silentLogger())
  const rules = new AccessRules(
    { ownNames: [], auth: AUTH, trustProxy: false, trustLoopback: false },
    attempts,
  )
  const turns = new PasswordTurns(clock, seededRandom(5))
  const made: Door = {
    clock,
    turns,
    rules,
    ask: (...asked) => new Asked(asked[0], asked[1] ?? 'curl', made),
  }
  return made
}

async function guess(at: Door, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const asked = at.ask(`guess${i}`)
    while (asked.status === null) await at.clock.advance(1_000)
  }
}

it('lets the right password in after a while, though others at its address have guessed for long', async () => {
  const at = door()
  await guess(at, 60)
  const owner = at.ask('secret')
  await at.clock.advance(14_000)
  expect(owner.status).toBeNull()
  await at.clock.advance(1_000)
  expect(owner.status).toBe(200)
})

it('lets it in while they go on guessing one after another', async () => {
  const at = door()
  await guess(at, 60)
  const owner = at.ask('secret', 'television')
  let guessed = at.ask('guess')
  let count = 0
  while (owner.status === null && count < 20) {
    await at.clock.advance(1_000)
    if (guessed.status === null) continue
    count++
    guessed = at.ask('guess')
  }
  expect(owner.status).toBe(200)
})

it('does not hold up a client that has brought it before, nor lets others begin anew by that', async () => {
  const at = door()
  const first = at.ask('secret', 'page')
  await at.clock.advance(0)
  expect(first.status).toBe(200)
  await guess(at, 60)
  const owner = at.ask('secret', 'page')
  await at.clock.advance(0)
  expect(owner.status).toBe(200)
  const stranger = at.ask('guess')
  await at.clock.advance(10_000)
  expect(stranger.status).toBeNull()
})

it('looks at no more than four guesses a minute from one address, however many come', async () => {
  const at = door()
  await guess(at, 30)
  const all: Asked[] = []
  for (let second = 0; second < 300; second++) {
    for (let i = 0; i < 5; i++) all.push(at.ask(`more${second}-${i}`))
    await at.clock.advance(1_000)
  }
  expect(all.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(21)
  expect(all.filter(({ status }) => status === null).length).toBeLessThanOrEqual(8)
})

it('forgets who has left while waiting', async () => {
  const at = door()
  await guess(at, 10)
  const gone = Array.from({ length: 8 }, () => at.ask('guess'))
  for (const { response } of gone) response.emit('close')
  const owner = at.ask('secret')
  await at.clock.advance(60_000)
  expect(owner.status).toBe(200)
  expect(at.clock.pending).toBe(0)
})

it('waits for nothing any more once all who waited have left', async () => {
  const at = door()
  await guess(at, 8)
  const asked = [at.ask('secret'), at.ask('guess')]
  await at.clock.advance(0)
  expect(at.clock.pending).toBe(1)
  for (const { response } of asked) response.emit('close')
  expect(at.clock.pending).toBe(0)
})
