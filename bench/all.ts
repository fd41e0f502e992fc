/** Runs every benchmark in turn, with the options given: `npm run bench -- --quick`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const BENCHMARKS = ['start', 'seek', 'play', 'download', 'liars', 'serve', 'memory'] as const

for (const name of BENCHMARKS) {
  const script = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const args = ['--import', import.meta.resolve('tsx'), script, ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}
