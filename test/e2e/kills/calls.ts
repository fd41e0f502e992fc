import type { BareServer } from '../lab/bare-server.ts'
import type { Register } from './register.ts'

/** What an answer says of a change. */
export type Outcome = 'confirmed' | 'refused' | 'unknown'

/** Hears of each answer. */
export interface Caller {
  readonly server: BareServer
  /** An error of the server itself is no fault: its disk is full. */
  readonly mayFail: boolean
  answered(): void
}

/** One request that changes something; rejects where the server is killed meanwhile. */
export async function call(
  { server, mayFail, answered }: Caller,
  path: string,
  init: RequestInit,
): Promise<Outcome> {
  const response = await server.fetch(path, init)
  const text = await response.text()
  answered()
  if (response.ok) return 'confirmed'
  // With a full disk, what failed in the middle may be so or not.
  if (response.status >= 500 && mayFail) return 'unknown'
  if (response.status < 500) return 'refused'
  throw new Error(`${path} answered ${response.status}: ${text}`)
}

/** Asks for a value, and notes what comes of it. */
export async function change<T>(
  register: Register<T>,
  value: T,
  ask: () => Promise<Outcome>,
): Promise<void> {
  const asked = register.ask(value)
  const outcome = await ask()
  if (outcome === 'confirmed') asked.confirm()
  if (outcome === 'refused') asked.refuse()
}

export function json(method: string, body: unknown): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}
