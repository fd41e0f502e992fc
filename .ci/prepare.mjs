// `npm run prepare`, which npm ci runs as well: builds what `npm start` runs. With --omit=dev there is nothing to
// build with here: it is built elsewhere then, and what is built already stays as it is.
import { execSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCES = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'],
  ...['vite.config.ts', 'src', 'stubs', 'descriptors'],
]

if (['typescript', 'vite'].every((name) => existsSync(`node_modules/${name}`))) {
  execSync('npm run build', { stdio: 'inherit' })
} else if (!existsSync('dist/cli.js')) buildElsewhere()

/** With the development packages in a temporary folder, which goes again. */
function buildElsewhere() {
  const cwd = mkdtempSync(join(tmpdir(), 'tributary-build-'))
  try {
    for (const name of SOURCES) {
      if (existsSync(name)) cpSync(name, join(cwd, name), { recursive: true })
    }
    // Of the npm that runs this, what was said of development packages is not for the one that builds.
    const env = { ...process.env, NODE_ENV: 'development', npm_config_omit: '' }
    const options = { cwd, env, stdio: 'inherit' }
    execSync('npm ci --include=dev --ignore-scripts --no-audit --no-fund', options)
    execSync('npm run build', options)
    cpSync(join(cwd, 'dist'), 'dist', { recursive: true })
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
