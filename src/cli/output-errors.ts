import { errorCode } from '../error-code.ts'
import { systemReason } from '../system-reason.ts'

/** Whoever keeps a log on a full disk, or reads it no more, does not end the server that writes it. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** Ends the process where its output cannot be written: with 1 and why, or quietly where nobody reads on. */
export function endWithOutput(): void {
  process.stdout.on('error', (error) => {
    if (errorCode(error) === 'EPIPE') process.exit(0)
    process.stderr.write(`tributary: the output cannot be written: ${systemReason(error)}\n`)
    process.exit(1)
  })
}
