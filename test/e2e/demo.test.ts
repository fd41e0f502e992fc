import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Lab } from './lab/lab.ts'
import { describeWithTools } from './lab/tools.ts'
import { Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'

describeWithTools([], 'npm start -- --demo, on a machine without any network', () => {
  it('streams its clips from a local peer and leaves nothing behind', async () => {
    const lab = await Lab.open()
    for (const name of ['e1', 'e2']) await lab.server.run(['ip', 'link', 'delete', name])
    const temporary = join(lab.folder, 'tmp')
    await mkdir(temporary)
    const server = await Tributary.start(lab, {
      command: ['npm', 'start', '--', '--demo'],
      folder: null,
      env: { TMPDIR: temporary },
    })
    const urls = await waitFor('the clips', async () => {
      const lines = (await server.request('/torrents/playlist')).text.split('\r\n')
      const clips = lines.filter((line) => line.startsWith('http'))
      return clips.length > 1 && clips
    })
    for (const url of urls) {
      const stream = await server.request(new URL(url).pathname)
      expect(stream.status).toBe(200)
      expect(stream.byteCount).toBe(Number(stream.headers.get('content-length')))
      expect(stream.byteCount).toBeGreaterThan(0)
    }
    server.program.signalGroup('SIGTERM')
    expect(await server.program.ended()).toEqual({ code: 0, signal: null })
    expect(await lab.server.pids()).toEqual([])
    expect(await readdir(temporary)).toEqual([])
  })
})
