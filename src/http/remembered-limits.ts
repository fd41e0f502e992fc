import type { LimitsPort, RateLimits } from './session-port.ts'

/** Limits that nobody enforces, for a session that has none. */
export class RememberedLimits implements LimitsPort {
  limits: RateLimits = { uploadBps: null, downloadBps: null }

  async setLimits(limits: RateLimits): Promise<void> {
    this.limits = limits
  }
}
