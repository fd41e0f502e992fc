/** What is closed when it must not send any more. */
export interface BoundSocket {
  destroy(): void
}

/** Sockets that are open, and whom they go to. */
export class HeldSockets {
  readonly #hosts = new Map<BoundSocket, string>()

  hold(socket: BoundSocket, host: string): void {
    this.#hosts.set(socket, host)
  }

  letGo(socket: BoundSocket): void {
    this.#hosts.delete(socket)
  }

  destroyAll(): void {
    this.#destroy(() => true)
  }

  /** Asks for each host once, and destroys the sockets to those where nothing may be sent any more. */
  async destroyUnless(mayReach: (host: string) => Promise<boolean>): Promise<void> {
    for (const host of new Set(this.#hosts.values())) {
      if (!(await mayReach(host))) this.#destroy((to) => to === host)
    }
  }

  clear(): void {
    this.#hosts.clear()
  }

  #destroy(isMeant: (host: string) => boolean): void {
    for (const [socket, host] of [...this.#hosts]) {
      if (!isMeant(host)) continue
      this.#hosts.delete(socket)
      socket.destroy()
    }
  }
}
