import { guardDht } from './dht.ts'
import { hardenWires } from './hardening.ts'
import { hardenHandshakes } from './mse-guard.ts'
import { guardEngine } from './peer-guards.ts'
import { joinPipes } from './peer-pipes.ts'
import { readByOurselves } from './wire-reader.ts'

let isPatched = false

/**
 * Puts our own methods in place of the engine's, for all of the process and for good: it hears
 * only of what is well-formed. Only who uses the engine calls it; a second call changes nothing.
 */
export function patchEngine(): void {
  if (isPatched) return
  isPatched = true
  guardEngine()
  guardDht()
  joinPipes()
  hardenWires()
  hardenHandshakes()
  readByOurselves()
}
