import { StartError } from '../app/start-error.ts'

/** The first of the descriptors that systemd hands on (sd_listen_fds). */
const FIRST_DESCRIPTOR = 3

/**
 * The socket that systemd listens on for us (LISTEN_PID, LISTEN_FDS); `null` where it does not.
 * Throws StartError where there is more than one.
 */
export function activatedDescriptor(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | null {
  if (env.LISTEN_PID !== String(pid) || env.LISTEN_FDS === undefined) return null
  if (env.LISTEN_FDS === '1') return FIRST_DESCRIPTOR
  throw new StartError(`the socket unit must have one ListenStream, not ${env.LISTEN_FDS}`)
}
