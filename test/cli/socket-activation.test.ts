import { expect, it } from 'vitest'
import { activatedDescriptor } from '../../src/cli/socket-activation.ts'

it('the socket of systemd is taken where it is meant for this process', () => {
  const env = { LISTEN_PID: '77', LISTEN_FDS: '1' }
  expect(activatedDescriptor(env, 77)).toBe(3)
  expect(activatedDescriptor(env, 78)).toBeNull()
  expect(activatedDescriptor({}, 77)).toBeNull()
  expect(() => activatedDescriptor({ ...env, LISTEN_FDS: '2' }, 77)).toThrow('one ListenStream')
})
